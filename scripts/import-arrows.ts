/** Checks the imports between rooms against the table of docs/architecture.md, which is repeated here in a machine-readable form. */
import { posix } from "node:path";
import type { Source } from "./sources.ts";

/** Room → the rooms that it may import. The longest matching path is a file's room. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  proto: [],
  transport: ["proto"],
  credentials: [],
  authz: [],
  disk: [],
  tfstate: [],
  "provider/sdk": ["proto"],
  "provider/coder": ["provider/sdk", "credentials"],
  "provider/release": ["provider/coder", "disk"],
  provisioner: ["proto", "transport", "provider/sdk", "provider/coder", "credentials", "disk", "tfstate"],
  sdk: [],
  server: ["proto", "transport", "authz", "credentials", "disk", "sdk", "tfstate"],
  agent: ["proto", "transport", "sdk", "credentials"],
  // Generates the bindings for CDK for Terraform from the provider's schema; no running program needs it.
  cdktf: ["provider/sdk", "provider/coder"],
  // The CLI starts the long-running programs and the provider's build: it imports only their entries.
  cli: ["proto", "sdk", "credentials", "disk", "tfstate", "server", "provisioner", "agent", "provider/release"],
};

/** The files that the CLI may import from the programs that it starts. */
const ENTRIES: Readonly<Record<string, RegExp>> = {
  server: /^server\/(start|config)\.ts$/,
  provisioner:
    /^provisioner\/(daemon|rescue|guard\/guard|isolation\/(?:open-isolation|levels|job-user|sandbox)|terraform\/(?:find-terraform|variable-names))\.ts$/,
  agent: /^agent\/agent-command\.ts$/,
  "provider/release": /^provider\/release\/(mirror|release-error)\.ts$/,
};

export interface WrongArrow {
  readonly file: string;
  readonly imports: string;
  readonly why: string;
}

/** The folders in the table. */
export const ROOMS = Object.keys(ARROWS);

/** Finds every import that the table does not allow. Tests, benchmarks and scripts may import anything. */
export function findWrongArrows(sources: readonly Source[]): WrongArrow[] {
  const wrong: WrongArrow[] = [];
  for (const { file, imports } of sources) {
    const from = roomOf(file);
    for (const target of imports) {
      const to = roomOf(target);
      if (to === undefined) {
        if (!target.startsWith("package.json"))
          wrong.push({ file, imports: target, why: `${posix.dirname(target)} is not a room that others may import` });
      } else if (from !== undefined && from !== to && !ARROWS[from]?.includes(to)) {
        wrong.push({ file, imports: target, why: `${from} may not import ${to}` });
      } else if (from === "cli" && ENTRIES[to]?.test(target) === false) {
        wrong.push({ file, imports: target, why: `cli may import only the entry of ${to}` });
      }
    }
  }
  return wrong;
}

function roomOf(path: string): string | undefined {
  return Object.keys(ARROWS)
    .filter((room) => path.startsWith(`${room}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}
