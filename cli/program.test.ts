import type { Command } from "commander";
import { expect, test } from "vitest";
import { ADA } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";
import { runCli } from "#test/cli/run-cli.ts";
import type { CliContext } from "./context.ts";
import { createProgram } from "./program.ts";

/** Describing commands touches nothing of it. */
const program = createProgram({} as CliContext);

function walk(command: Command, path: string): Array<{ readonly path: string; readonly command: Command }> {
  return [{ path, command }, ...command.commands.flatMap((child) => walk(child, `${path} ${child.name()}`))];
}

test("every command has a description, and so has every option", () => {
  const all = walk(program, "proviso");
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter(({ command }) => command.description() === "").map(({ path }) => path)).toEqual([]);
  const silent = all.flatMap(({ path, command }) =>
    command.options.filter((each) => each.description === "").map((each) => `${path} ${each.flags}`),
  );
  expect(silent).toEqual([]);
});

test("no two commands beside each other share a name", () => {
  for (const { path, command } of walk(program, "proviso")) {
    const names = command.commands.flatMap((child) => [child.name(), ...child.aliases()]);
    expect({ path, names: names.toSorted() }).toEqual({ path, names: [...new Set(names)].toSorted() });
  }
});

test("delete and remove are rm too, list is ls", () => {
  const short = walk(program, "proviso").flatMap(({ command }) => (command.aliases().includes("rm") ? [command.name()] : []));
  expect(new Set(short)).toEqual(new Set(["delete", "remove"]));
  for (const { command } of walk(program, "proviso")) if (command.name() === "list") expect(command.aliases()).toContain("ls");
});

for (const { args, code, says } of [
  { args: ["--help"], code: 0, says: "" },
  { args: ["tokens", "create", "--help"], code: 0, says: "" },
  { args: ["tokens", "view"], code: 1, says: 'Run "proviso tokens view --help" for usage.' },
  { args: ["orgs", "members", "list", "--nope"], code: 1, says: 'Run "proviso organizations members list --help" for usage.' },
  { args: ["frobnicate"], code: 1, says: "frobnicate" },
]) {
  test(`"${args.join(" ")}" ends with ${code}`, async () => {
    const run = await runCli(args);
    expect(run.code).toBe(code);
    if (code === 0) expect(run).toMatchObject({ stdout: expect.stringMatching(/^Usage: proviso/), stderr: "" });
    else expect(run).toMatchObject({ stdout: "", stderr: expect.stringContaining(says) });
  });
}

for (const { what, args } of [
  { what: "before the command", args: (url: string) => ["--url", url, "--token", "given", "users", "show", "ada", "-o", "json"] },
  { what: "behind it", args: (url: string) => ["users", "show", "ada", "-o", "json", "--token", "given", "--url", url] },
]) {
  test(`takes the options of every command ${what}, rather than the environment`, async () => {
    await using api = await startFakeApi({ "GET /users/ada": ADA });
    const env = { CODER_URL: "http://127.0.0.1:1" };
    expect((await api.run(args(api.url), { env })).code).toBe(0);
    expect(api.asked).toMatchObject([{ request: "GET /users/ada", token: "given" }]);
  });
}

test("--verbose adds the request behind an error", async () => {
  await using api = await startFakeApi({ "GET /users/ada": refuse(500, "Broken.") });
  const args = ["users", "show", "ada"];
  expect(await api.run(args)).toMatchObject({ code: 1, stderr: "error: Broken.\n" });
  expect((await api.run([...args, "--verbose"])).stderr).toMatch(/^error: Broken\.\nGET \/api\/v2\/users\/ada .*500/);
});

test("says that the server cannot be reached, and why", async () => {
  const run = await runCli(["users", "list"], { env: { CODER_URL: "http://127.0.0.1:1", CODER_SESSION_TOKEN: "x" } });
  expect(run).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^error: .*ECONNREFUSED|^error: .*bad port/) });
});
