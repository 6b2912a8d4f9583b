import { expect, test } from "vitest";
import { describeDiagnostic } from "./diagnostic.ts";
import { readErrorLine, readOutputLine } from "./log-line.ts";

const json = (level: string, message: string, more: object = {}) => JSON.stringify({ "@level": level, "@message": message, ...more });

for (const { given, line, lines } of [
  { given: "trace", line: json("trace", "m"), lines: ["trace m"] },
  { given: "debug", line: json("debug", "m"), lines: ["debug m"] },
  { given: "info", line: json("info", "m"), lines: ["info m"] },
  { given: "warn", line: json("warn", "m"), lines: ["warn m"] },
  { given: "warning", line: json("warning", "m"), lines: ["warn m"] },
  { given: "error", line: json("error", "m"), lines: ["error m"] },
  { given: "an unknown level", line: json("loud", "m"), lines: ["info m", 'warn the preceding line has an unknown log level: "loud"'] },
  { given: "a message of several lines", line: json("info", "\na\nb\n"), lines: ["info a", "info b"] },
  { given: "plain text", line: "  plain", lines: ["info   plain"] },
  { given: "JSON of something else", line: '{"a":1}', lines: ['info {"a":1}'] },
  { given: "a blank line", line: "  ", lines: [] },
]) {
  test(`standard output: ${given}`, () => expect(readOutputLine(line).lines.map(({ level, text }) => `${level} ${text}`)).toEqual(lines));
}

for (const { given, line, lines } of [
  { given: "plain text", line: "oh no", lines: ["error oh no"] },
  { given: "a blank line", line: "", lines: [] },
  { given: "traces of Terraform's parts", line: json("trace", "m"), lines: [] },
  { given: "their information", line: json("info", "m"), lines: ["debug m"] },
  { given: "their warnings", line: json("warn", "m"), lines: ["warn m"] },
]) {
  test(`standard error: ${given}`, () => expect(readErrorLine(line).lines.map(({ level, text }) => `${level} ${text}`)).toEqual(lines));
}

const diagnostic = {
  severity: "error",
  summary: "Unsupported argument",
  detail: 'An argument named "inputt" is not expected here.\nDid you mean "input"?',
  address: "terraform_data.b[0]",
  range: { filename: "main.tf", start: { line: 6, column: 3, byte: 127 }, end: { line: 6, column: 9, byte: 133 } },
  snippet: {
    context: 'resource "terraform_data" "b"',
    code: "  inputt = var.need\n  x = 1",
    start_line: 6,
    values: [
      { traversal: "var.need", statement: 'is "x"' },
      { traversal: "local.a", statement: "is 1" },
    ],
  },
};

/** As Terraform prints it: keys in this order, and nothing but quotes, backslashes and control characters escaped here. */
const progress = (message: string): string =>
  JSON.stringify({
    "@level": "info",
    "@message": message,
    "@module": "terraform.ui",
    "@timestamp": "2026-01-02T03:04:05.678901Z",
    hook: { resource: { addr: "terraform_data.a" }, provisioner: "local-exec", output: message },
    type: "provision_progress",
  });

for (const message of [
  "terraform_data.a (local-exec): 17",
  'terraform_data.a (local-exec): ","@module":"terraform.ui"',
  "terraform_data.a (local-exec): \\",
  "terraform_data.a (local-exec): tab\tand \u001b[1mbold\u001b[0m",
  'terraform_data.a (local-exec): "type":"provision_progress"}',
  "terraform_data.a (local-exec): ü 🙂",
]) {
  test(`the output of a provisioner is read without its JSON, and as if with it: ${JSON.stringify(message)}`, () => {
    expect(readOutputLine(progress(message)).lines).toEqual([{ level: "info", text: message }]);
  });
}

test("what only looks like the output of a provisioner is read as what it is", () => {
  const error = json("error", "Error: no", { diagnostic: { severity: "error", summary: "no" }, type: "provision_progress" });
  expect(readOutputLine(error)).toMatchObject({ lines: [{ level: "error", text: "Error: no" }], diagnostic: { summary: "no" } });
  expect(readOutputLine(progress(" ")).lines).toEqual([]);
  expect(readOutputLine(progress("a\nb")).lines.map(({ text }) => text)).toEqual(["a", "b"]);
  const broken = progress("x").replace("@module", "@other");
  expect(readOutputLine(broken).lines).toEqual([{ level: "info", text: "x" }]);
});

test("a diagnostic shows place, code, values and detail", () => {
  const read = readOutputLine(json("error", "Error: Unsupported argument", { diagnostic, type: "diagnostic" }));
  if (read.diagnostic === undefined) throw new Error("no diagnostic");
  const text = [
    "Error: Unsupported argument",
    "  with terraform_data.b[0],",
    '  on main.tf line 6, in resource "terraform_data" "b":',
    "   6:   inputt = var.need",
    "   7:   x = 1",
    "    ├────────────────",
    "    │ local.a is 1",
    '    │ var.need is "x"',
    "",
    'An argument named "inputt" is not expected here.',
    'Did you mean "input"?',
  ];
  expect(read.lines.map((line) => line.text)).toEqual(text);
  expect(describeDiagnostic(read.diagnostic).split("\n")).toEqual(text);
  expect(new Set(read.lines.map(({ level }) => level))).toEqual(new Set(["error"]));
});

test("a warning without a place is only its detail", () => {
  const read = readOutputLine(json("warn", "Warning: old", { diagnostic: { severity: "warning", summary: "old", detail: "use new" } }));
  expect(read.lines).toEqual([
    { level: "warn", text: "Warning: old" },
    { level: "warn", text: "use new" },
  ]);
});

test.each(["values.tfvars", "values.tfvars.json"])("a diagnostic about %s shows no value of a variable", (file) => {
  const line = json("error", "Error: Invalid value for variable", {
    diagnostic: {
      severity: "error",
      summary: "Invalid value for variable",
      detail: "This was checked by the validation rule at main.tf:17,2-12.",
      range: { filename: `/tmp/job-1/run/${file}`, start: { line: 1, column: 6 } },
      snippet: {
        context: null,
        code: 'pin = "s3cret"',
        start_line: 1,
        values: [{ traversal: "var.pin", statement: 'is "s3cret"' }],
      },
    },
  });
  const { lines, diagnostic: read } = readOutputLine(line);
  const shown = JSON.stringify([lines, read]);
  expect(shown).toContain("main.tf:17");
  expect(shown).not.toContain("s3cret");
});

test("a message of a million line breaks takes no time", () => {
  const startedAt = performance.now();
  expect(readOutputLine(json("info", `${"\n".repeat(1_000_000)}x`)).lines).toEqual([{ level: "info", text: "x" }]);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
