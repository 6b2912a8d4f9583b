import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { confinement, generateSources } from "./generate-sources.ts";
import { runNode } from "./run-node.ts";

const NEVER = new AbortController().signal;

async function directoryOfTest(): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "cdktf-sources-")));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

for (const { what, attempt, refused } of [
  { what: "starts a program", attempt: 'require("node:child_process").execFileSync("true")', refused: true },
  {
    what: "opens a connection",
    attempt: 'require("node:net").connect(9, "127.0.0.1").on("error", (error) => { throw error; })',
    refused: true,
  },
  { what: "reads a file of its user's", attempt: 'require("node:fs").readFileSync("/etc/passwd")', refused: true },
  { what: "writes beside its directory", attempt: 'require("node:fs").writeFileSync("../beside", "")', refused: true },
  { what: "writes into our code", attempt: `require("node:fs").writeFileSync(${JSON.stringify(import.meta.filename)}, "")`, refused: true },
  { what: "writes into its directory", attempt: 'require("node:fs").writeFileSync("inside", "")', refused: false },
]) {
  test(`a generator that ${what} is ${refused ? "refused" : "allowed"}`, async () => {
    const directory = await directoryOfTest();
    const program = join(directory, "probe.cjs");
    await writeFile(program, attempt);
    const ran = runNode({ what: "the probe", nodeOptions: await confinement(directory), program, args: [], directory }, NEVER);
    if (refused) await expect(ran).rejects.toThrow("ERR_ACCESS_DENIED");
    else await ran;
  });
}

test("a failing generator is named, with its output", async () => {
  await expect(generateSources("cdktn", "no schema", await directoryOfTest(), NEVER)).rejects.toThrow(
    /^the generator cdktn ended with 1: .*is not valid JSON/s,
  );
});

test("an abort ends a generator", async () => {
  const directory = await directoryOfTest();
  await expect(generateSources("cdktf", "{}", directory, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
});
