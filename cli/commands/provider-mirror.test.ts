import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCli } from "#test/cli/run-cli.ts";

test("refuses an empty name, as a variable leaves that is not set", async () => {
  expect(await runCli(["provider", "mirror", ""])).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/empty/) });
});

test("names the folder that cannot be written, relative to where it was called", async () => {
  const folder = await mkdtemp(join(tmpdir(), "proviso-mirror-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "taken"), "");
  const { code, stdout, stderr } = await runCli(["provider", "mirror", "taken"], { cwd: folder });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: .*$/m);
  expect(stderr).toContain(join(folder, "taken"));
});
