import { readFile } from "node:fs/promises";
import path from "node:path";

const SCRIPTS = [
  { os: "linux", file: "linux.sh", architectures: ["amd64", "arm64", "armv7"] },
  { os: "darwin", file: "darwin.sh", architectures: ["amd64", "arm64"] },
  { os: "windows", file: "windows.ps1", architectures: ["amd64", "arm64"] },
] as const;

let loaded: Promise<Readonly<Record<string, string>>> | undefined;

/**
 * Loads the scripts that turn a fresh machine into a workspace, as the provider expects them: by `CODER_AGENT_SCRIPT_<os>_<arch>`, with
 * `${ARCH}` filled in. The provider fills in `${ACCESS_URL}`, which ends with a slash, and `${AUTH_TYPE}`.
 */
export function bootstrapScripts(): Promise<Readonly<Record<string, string>>> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Readonly<Record<string, string>>> {
  const scripts: Record<string, string> = {};
  for (const { os, file, architectures } of SCRIPTS) {
    const text = await readFile(path.join(import.meta.dirname, "bootstrap", file), "utf8");
    for (const arch of architectures) scripts[`CODER_AGENT_SCRIPT_${os}_${arch}`] = text.replaceAll("$" + "{ARCH}", arch);
  }
  return scripts;
}
