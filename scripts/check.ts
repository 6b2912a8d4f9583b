/** Everything that CI checks besides the tests: `npm run check`. Each check prints one line, and its output only if it fails. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { GENERATED, generate } from "./generate.ts";
import { findWrongArrows, ROOMS } from "./import-arrows.ts";
import { findInsideServer, findUnusedArrows } from "./server-arrows.ts";
import { readSources } from "./sources.ts";

const root = join(import.meta.dirname, "..");

/** A check returns what is wrong, or an empty string. */
const CHECKS: Readonly<Record<string, () => string | Promise<string>>> = {
  types: () => run("tsc", ["--noEmit"]),
  biome: () => run("biome", ["ci", "--error-on-warnings", "--colors=off", "."]),
  "buf lint": () => run("buf", ["lint"]),
  "buf breaking": breaking,
  "generated files": drift,
  "import arrows": () =>
    findWrongArrows(readSources(root, ROOMS))
      .map(({ file, imports, why }) => `${file} imports ${imports}: ${why}`)
      .join("\n"),
  "rooms of the server": () => {
    const sources = readSources(root, ["server"]);
    return [...findInsideServer(sources), ...findUnusedArrows(sources)].map(({ what, why }) => `${what}: ${why}`).join("\n");
  },
  "unused code": () => run("knip", ["--no-progress"]),
};

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  return status === 0 ? "" : `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}` || `${command} failed with exit code ${status}`;
}

/** Compares with the last commit, for uncommitted changes, and with the one before it, because CI sees only commits. */
function breaking(): string {
  return ["HEAD", "HEAD~1"]
    .filter((ref) => spawnSync("git", ["rev-parse", "--verify", "--quiet", `${ref}:proto`], { cwd: root }).status === 0)
    .map((ref) => run("buf", ["breaking", "--against", `.git#ref=${ref}`]))
    .join("");
}

async function drift(): Promise<string> {
  const before = hashes();
  await generate(root);
  const after = hashes();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file));
  const untracked = spawnSync("git", ["ls-files", "--others", "--exclude-standard", "--", ...GENERATED], { cwd: root, encoding: "utf8" });
  const lost = process.env.CI ? untracked.stdout.trim().split("\n").filter(Boolean) : [];
  return changed.length + lost.length === 0 ? "" : `run \`npm run generate\` and commit:\n${[...changed, ...lost].join("\n")}`;
}

function hashes(): Map<string, string> {
  const files = GENERATED.flatMap((path) =>
    statSync(join(root, path)).isDirectory() ? globSync(`${path}/**/*.*`, { cwd: root }) : [path],
  );
  return new Map(
    files.map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(root, file)))
        .digest("hex"),
    ]),
  );
}

let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  const started = performance.now();
  // An error that a check throws is its result, and does not stop the other checks.
  const problem = await Promise.try(check).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  console.log(`${problem === "" ? "ok    " : "FAILED"} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (problem !== "") {
    failed++;
    console.log(problem);
  }
}
console.log(`checks: ${Object.keys(CHECKS).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
