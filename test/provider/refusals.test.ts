import { describe, expect, test } from "vitest";
import { coderProvider } from "#provider/coder/provider.ts";
import { FakeHost } from "#provider/sdk/fake-host.ts";
import { parseRefusals, type Refusal, readRefusals } from "./refusals.ts";
import { RefusalHosts } from "./refusals-in-host.ts";
import { configurationsAmong, diagnosticsIn, differences, fileOf, projectOfRefusals } from "./refusals-in-terraform.ts";

const refusals = await readRefusals();
const hosts = new RefusalHosts();

describe("without Terraform", () => {
  for (const refusal of refusals) {
    test(`${refusal.type}: ${refusal.name} (${refusal.place})`, async () => {
      expect((await hosts.say(refusal)).said).toEqual(refusal.said);
    });
  }
});

describe("with Terraform", () => {
  for (const { command, args, phases } of [
    { command: "validate", args: [], phases: ["validate"] },
    { command: "plan", args: [], phases: ["configure", "plan", "read"] },
    { command: "apply", args: ["-auto-approve"], phases: ["apply"] },
  ] as { command: string; args: string[]; phases: Refusal["when"][] }[]) {
    test(`${command} says what the tables say, and where`, async () => {
      const asked = (await configurationsAmong(refusals)).filter(([{ when }]) => phases.includes(when));
      await using project = await projectOfRefusals(asked);
      const { stdout } = await project.terraform(command, "-json", ...args);
      expect(stdout).not.toBe("");
      const expected = await Promise.all(
        asked.map(async ([refusal, index]) => ({ refusal, index, expected: [...(await hosts.say(refusal)).before, ...refusal.said] })),
      );
      expect(differences(expected, diagnosticsIn(stdout))).toEqual([]);
      expect(project.faults).toEqual([]);
    });
  }
});

test("every type has its refusals, and all the tables together are long", async () => {
  const { dataSources, resources } = await FakeHost.connect(coderProvider({ env: {} }));
  expect(new Set(refusals.map(({ type }) => type))).toEqual(
    new Set(["provider", ...resources, ...dataSources.map((name) => `data.${name}`)]),
  );
  expect(refusals.length).toBeGreaterThanOrEqual(150);
});

describe("a wrong row is found", () => {
  const HEAD = "| case | config | when | severity | summary | path | detail |\n|---|---|---|---|---|---|---|\n";
  const CONFIG = '`{"os":"plan9","arch":"amd64"}`';
  const SUMMARY = '`expected os to be one of ["linux" "darwin" "windows"], got plan9`';
  const parse = (...rows: readonly string[]) => parseRefusals("coder_agent", HEAD + rows.join("\n"));

  for (const { wrong, row } of [
    { wrong: "text", row: `| a | ${CONFIG} | validate | error | \`expected\` | os | |` },
    { wrong: "severity", row: `| a | ${CONFIG} | validate | warning | ${SUMMARY} | os | |` },
    { wrong: "path", row: `| a | ${CONFIG} | validate | error | ${SUMMARY} | arch | |` },
    { wrong: "detail", row: `| a | ${CONFIG} | validate | error | ${SUMMARY} | os | \`more\` |` },
    { wrong: "silence", row: `| a | ${CONFIG} | validate | none | | | |` },
    { wrong: "noise", row: `| a | ${CONFIG.replace("plan9", "linux")} | validate | error | ${SUMMARY} | os | |` },
  ]) {
    test(`by its ${wrong}`, async () => {
      const [refusal] = parse(row);
      const [right] = parse(`| a | ${CONFIG} | validate | error | ${SUMMARY} | os | |`);
      if (refusal === undefined || right === undefined) throw new Error("no row");
      const { said } = await hosts.say(refusal);
      expect(said).not.toEqual(refusal.said);
      const printed = said.map((one) => ({
        ...one,
        range: { filename: fileOf(0), start: { line: 5 } },
        snippet: { context: null, code: '"os": 1' },
      }));
      expect(differences([{ refusal, index: 0, expected: refusal.said }], printed)).not.toEqual([]);
      if (wrong !== "noise") expect(differences([{ refusal: right, index: 0, expected: right.said }], printed)).toEqual([]);
    });
  }

  test("by the phase that refuses it already", async () => {
    const [refusal] = parse(`| a | ${CONFIG} | plan | error | \`x\` | | |`);
    if (refusal === undefined) throw new Error("no row");
    await expect(hosts.say(refusal)).rejects.toThrow(/refused in the phase validate already/);
  });

  for (const { row, problem } of [
    { row: "| a | `{}` | later | none | | | |", problem: 'unknown phase "later"' },
    { row: "| a | `{}` | configure | none | | | |", problem: "a row of coder_agent cannot be of the phase configure" },
    { row: "| a | `{]` | validate | none | | | |", problem: "in {]" },
    { row: "| a | `[]` | validate | none | | | |", problem: "not an object: []" },
    { row: "| a | {} | validate | none | | | |", problem: "text outside of backticks" },
    { row: "| a | `{}` or `{}` | validate | none | | | |", problem: 'unknown label "or"' },
    { row: '| a | `{}` env `{"A":1}` | validate | none | | | |', problem: "the variable A is not a string" },
    { row: "| a | env `{}` | validate | none | | | |", problem: "no configuration" },
    { row: "| a | `{}` before `{}` | validate | none | | | |", problem: "nothing comes before validate" },
    { row: "| a | `{}` | validate | fatal | `x` | | |", problem: 'unknown severity "fatal"' },
    { row: "| a | `{}` | validate | none | `x` | | |", problem: "where nothing is said" },
    { row: "| a | `{}` | validate | error | | | |", problem: "a diagnostic has a summary" },
    { row: "| a | `{}` | validate | error | x | | |", problem: "text outside of backticks" },
    { row: "| a | | validate | error | `x` | | |", problem: '"a" has no configuration' },
    { row: "| a | `{}` | validate | none | | |", problem: "6 cells in place of 7" },
    { row: "| a | `{}` | validate | none | | | | more", problem: "starts and ends with a pipe" },
    { row: "| a | `{}` | validate | none | | | |\n| a | | validate | error | `x` | | |", problem: "only row" },
    { row: "| a | `{}` | validate | none | | | |\n| a | `{}` | validate | none | | | |", problem: 'two cases "a"' },
    { row: "| a | `{}` | validate | none | | | |\ntext", problem: "no row of it" },
  ]) {
    test(`by reading it: ${problem}`, () => {
      expect(() => parse(row)).toThrow(problem);
      expect(() => parse(row)).toThrow(/^coder_agent\.md:\d+: /);
    });
  }

  test("by its columns, and by its absence", () => {
    expect(() => parseRefusals("x", HEAD.replace("detail", "details"))).toThrow("x.md:1: the columns must be");
    expect(() => parseRefusals("x", "# x\n")).toThrow("x.md: there is no row");
  });
});

test("a row says what Markdown says", () => {
  const row = '| a | `{"A":"x\\|y"}` env `{"B":"c"}` before `{}` | plan | error | `` `A` is set `` | p[0].q | `one⏎two ` |';
  const head = "| case | config | when | severity | summary | path | detail |\n|---|---|---|---|---|---|---|\n";
  expect(parseRefusals("t", `# t\n\nText.\n\n${head}${row}\n| a | | plan | warning | \`w\` | | |\n`)).toEqual([
    {
      type: "t",
      name: "a",
      place: "t.md:7",
      config: { A: "x|y" },
      env: { B: "c" },
      before: {},
      when: "plan",
      said: [
        { severity: "error", summary: "`A` is set", path: "p[0].q", detail: "one\ntwo " },
        { severity: "warning", summary: "w", path: "", detail: "" },
      ],
    },
  ]);
});
