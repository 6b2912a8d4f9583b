/** Holds the imports between rooms against the table of docs/architecture.md, which is written down here once more, for the machine. */
import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";

/** Room → the rooms that it may import. The longest matching path is a file's room. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  proto: [],
  transport: ["proto"],
  credentials: [],
  authz: [],
  "provider/sdk": ["proto"],
  "provider/coder": ["provider/sdk", "credentials"],
  "provider/release": ["provider/coder"],
  provisioner: ["proto", "transport", "provider/sdk", "provider/coder", "credentials"],
  sdk: [],
  server: ["proto", "authz", "credentials", "sdk"],
  agent: ["proto", "transport", "sdk", "credentials"],
  // Makes the bindings for CDK for Terraform: reads the provider's schema, and no program needs it.
  cdktf: ["provider/sdk", "provider/coder"],
  // The CLI starts the long-running programs, and has the provider built: it imports their entry, and nothing behind it.
  cli: ["proto", "transport", "sdk", "credentials", "server", "provisioner", "agent", "provider/release"],
};

/** What the CLI may import of the programs that it starts. */
const ENTRIES: Readonly<Record<string, RegExp>> = {
  server: /^server\/(start|config)\.ts$/,
  provisioner: /^provisioner\/(daemon|terraform\/find-terraform)\.ts$/,
  agent: /^agent\/agent-command\.ts$/,
  "provider/release": /^provider\/release\/(mirror|release-error)\.ts$/,
};

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|(?:^|\n)\s*import\s*["']([^"']+)["']/g;

export interface WrongArrow {
  readonly file: string;
  readonly imports: string;
  readonly why: string;
}

/** Every import that goes against an arrow. Tests, benchmarks and scripts may import anything. */
export function findWrongArrows(root: string): WrongArrow[] {
  const wrong: WrongArrow[] = [];
  for (const file of globSync(
    Object.keys(ARROWS).map((room) => `${room}/**/*.ts`),
    { cwd: root },
  ).toSorted()) {
    if (file.endsWith(".test.ts")) continue;
    const from = roomOf(file);
    for (const target of importsOf(readFileSync(posix.join(root, file), "utf8"), file)) {
      const to = roomOf(target);
      if (to === undefined) {
        if (!target.startsWith("package.json"))
          wrong.push({ file, imports: target, why: `${posix.dirname(target)} is no room to import from` });
      } else if (from !== undefined && from !== to && !ARROWS[from]?.includes(to)) {
        wrong.push({ file, imports: target, why: `${from} may not import ${to}` });
      } else if (from === "cli" && ENTRIES[to]?.test(target) === false) {
        wrong.push({ file, imports: target, why: `cli imports only the entry of ${to}` });
      }
    }
  }
  return wrong;
}

/** Paths of our own files that a source imports, from the root of the project. */
function importsOf(source: string, file: string): string[] {
  return [...source.matchAll(IMPORT)].flatMap((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    if (specifier.startsWith("#")) return [specifier.slice(1)];
    if (specifier.startsWith(".")) return [posix.normalize(posix.join(posix.dirname(file), specifier))];
    return [];
  });
}

function roomOf(path: string): string | undefined {
  return Object.keys(ARROWS)
    .filter((room) => path.startsWith(`${room}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}
