/** Runs the commands of the pages in docs/ that promise that a test runs them, each page with its own server. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { type CliServer, startCliServer } from "./cli-server.ts";

const ROOT = join(import.meta.dirname, "..", "..");

for (const { page, prepare } of [
  { page: "tokens.md", prepare: createWorkspace },
  { page: "users.md", prepare: async () => {} },
]) {
  test(`every command of docs/${page} does what the page says, and those that it calls refused are refused`, {
    timeout: 120_000,
  }, async () => {
    const script = scriptOf(await readFile(join(ROOT, "docs", page), "utf8"));
    expect(script.match(/^refuse /gm)?.length).toBeGreaterThan(1);
    await using server = await startCliServer(1);
    await prepare(server);

    const child = spawn("sh", ["-c", script], {
      cwd: server.folder,
      env: { PATH: `${join(ROOT, "bin")}:${process.env.PATH}`, HOME: server.folder, TZ: "UTC", ...server.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    // A token that may not read daemons does not learn that there are none.
    expect(stderr).not.toContain("warning");
    expect({ code, stderr: code === 0 ? "" : stderr, stdout: code === 0 ? "" : stdout }).toEqual({ code: 0, stderr: "", stdout: "" });
  });
}

async function createWorkspace(server: CliServer): Promise<void> {
  const template = join(server.folder, "basic");
  await mkdir(template);
  await writeFile(join(template, "main.tf"), `resource "terraform_data" "machine" {\n  input = "small"\n}\n`);
  expect((await server.run(["templates", "push", "basic", "-d", template, "-y"])).code).toBe(0);
  expect((await server.run(["create", "dev", "--template", "basic", "-y"])).code).toBe(0);
}

const PRELUDE = `set -eu
refuse() {
  if [ "$1" = well ]; then echo "was not refused: $2" >&2; exit 1; fi
  grep -qF -- "$3" refusal || { echo "was refused otherwise: $2" >&2; cat refusal >&2; exit 1; }
}`;

/** Turns the page's commands into one script. After a command, `# refused: WORDS` means exit code 1, with the words on stderr. */
function scriptOf(page: string): string {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block.replaceAll("\\\n", " "));
  const lines = blocks.flatMap((block) => block.split("\n")).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return [PRELUDE, ...lines.map(toShell)].join("\n");
}

function toShell(line: string): string {
  const [command = "", words] = line.split(/\s+# refused: /);
  const shown = quote(command.replaceAll(/\s+/g, " "));
  if (words === undefined) return `echo ${shown}\n${command}`;
  return `if ${command} >unseen 2>refusal; then ended=well; else ended=badly; fi\nrefuse $ended ${shown} ${quote(words)}`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
