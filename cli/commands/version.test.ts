import { expect, test } from "vitest";
import { runCli } from "#test/cli/run-cli.ts";
import { VERSION } from "../version.ts";

test("prints the version, the same with the option", async () => {
  const expected = { code: 0, stdout: expect.stringContaining(`v${VERSION}`), stderr: "" };
  expect(await runCli(["version"])).toEqual(expected);
  expect(await runCli(["--version"])).toEqual(expected);
});

test("prints it as JSON", async () => {
  expect(await runCli(["version", "-o", "json"])).toEqual({ code: 0, stdout: `{\n  "version": "${VERSION}"\n}\n`, stderr: "" });
});

test("refuses a format that there is not", async () => {
  expect(await runCli(["version", "-o", "table"])).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("text, json") });
});
