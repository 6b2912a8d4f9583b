// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how HCL looks
/** Variables of templates against a plain Terraform: what it makes of a configuration, our imports and builds make of it, too. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { expect, onTestFinished, test } from "vitest";
import type { VariableValueSchema } from "#proto/gen/provisioner_pb.js";
import { literalJson } from "#provisioner/terraform/hcl-literal.ts";
import { compactJson, plainValue } from "#tfstate/json-source.ts";
import { buildJob, importJob, START, STOP, startBench } from "./harness.ts";

const run = promisify(execFile);

type Values = MessageInitShape<typeof VariableValueSchema>[];

/** What a template's outputs are after a build in which these values are set; each output is JSON in a string. */
async function outputsOfBuild(files: Readonly<Record<string, string>>, variableValues: Values = []): Promise<Record<string, string>> {
  const { server } = await startBench();
  const { completed, failed } = await server.finished(server.enqueue(await buildJob(files, { transition: START, variableValues })));
  if (completed?.type.case !== "workspaceBuild") throw new Error(failed?.error);
  return outputsIn(Buffer.from(completed.type.value.state).toString());
}

async function outputsOfTerraform(
  files: Readonly<Record<string, string>>,
  { env = {}, args = [] }: { env?: Record<string, string>; args?: string[] } = {},
): Promise<Record<string, string>> {
  const cwd = await mkdtemp(path.join(tmpdir(), "plain-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(cwd, name), text);
  const options = { cwd, env: { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1", ...env } };
  await run("terraform", ["init", "-input=false"], options);
  await run("terraform", ["apply", "-auto-approve", "-input=false", ...args], options);
  return outputsIn((await run("terraform", ["state", "pull"], options)).stdout);
}

function outputsIn(state: string): Record<string, string> {
  const { outputs } = JSON.parse(state);
  return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, (output as { value: string }).value]));
}

const output = (name: string) => `output "${name}" {\n  value = jsonencode(var.${name})\n}\n`;

interface Default {
  readonly type?: string;
  readonly source: string;
}

const NUMBERS = ["0", "-1", "1111111111111111111", "0.1", "123456789012345678901234567890.123456789", "-1.50e3", "1e-7", "1e100", "010"];
const STRINGS = [
  '""',
  '"a\\nb\\t\\"\\\\"',
  '"$${x} %%{y}"',
  '"é\\u00e9\\U0001F600<>&"',
  '"007"',
  '"true"',
  "<<E\n a\n  b\nE\n",
  "<<-E\n    a\n      b $${c}\n  E\n",
];
const EXPRESSIONS = [
  "24 * 60 * 60",
  "1 / 3",
  "2.5 % 2",
  "(1 + 2) * -3",
  "!true || 1 < 2",
  'true ? "a" : "b"',
  '"${1 + 1}-${true}"',
  '"${12345678901234567890}"',
  '"%{ if true }yes%{ else }no%{ endif }"',
  '"%{ for x in [1, 2] }${x},%{ endfor }"',
  "[for x in [1, 2, 3] : x * 2 if x > 1]",
  "{ for k, v in { a = 1, b = 2 } : upper_k => v... }".replace("upper_k", "v"),
  "[{ a = 1 }, { a = 2 }][*].a",
  "{ a = { b = [10, 20] } }.a.b[1]",
  "[[1, [2, [12345678901234567890]]]]",
  '{ (1 + 1) = "two", "x y" = null, z : true }',
  "<<-E\n    n = ${1 + 1}\n  E\n",
  "null",
  "[]",
  "{}",
  "[ # a comment\n  1, /* and */ 2,\n]",
];
const TYPED: Default[] = [
  ...NUMBERS.map((source) => ({ type: "string", source })),
  ...NUMBERS.map((source) => ({ type: "list(string)", source: `[${source}]` })),
  ...["1111111111111111111", "0.10", "1e3"].map((text) => ({ type: "number", source: `"${text}"` })),
  { type: "bool", source: '"true"' },
  { type: "string", source: "true" },
  { type: "string", source: "null" },
  { type: "any", source: '"1 + 1"' },
  { type: "any", source: "[1, true]" },
  { type: "set(string)", source: '["b", "a", "b", 1]' },
  { type: "map(number)", source: '{ a = "12345678901234567890", b = 1.5 }' },
  { type: "tuple([string, number])", source: '[1, "2"]' },
  {
    type: "object({ a = number, b = optional(string), c = optional(list(number), [12345678901234567890]) })",
    source: '{ a = "1", d = 2 }',
  },
  { type: "map(object({ on = optional(bool, true) }))", source: '{ x = {}, y = { on = "false" } }' },
  { type: "list(any)", source: '[1, "a"]' },
  { type: "number", source: "24 * 60 * 60" },
];
const DEFAULTS: Default[] = [
  ...[...NUMBERS, ...STRINGS, ...EXPRESSIONS].map((source) => ({ source })),
  ...TYPED,
  ...NUMBERS.map((n) => ({ source: `{ n = [${n}] }` })),
];
const TEMPLATE = {
  "main.tf": DEFAULTS.map(
    ({ type, source }, index) =>
      `variable "v${index}" {\n${type === undefined ? "" : `  type    = ${type}\n`}  default = ${source}\n}\n${output(`v${index}`)}`,
  ).join(""),
};

test(`the defaults of ${DEFAULTS.length} variables are what Terraform makes of them, in builds and in the API`, async () => {
  expect(DEFAULTS.length).toBeGreaterThan(75);
  const wanted = await outputsOfTerraform(TEMPLATE);
  expect(await outputsOfBuild(TEMPLATE)).toEqual(wanted);

  const { server } = await startBench();
  const { failed, updates } = await server.finished(server.enqueue(await importJob(TEMPLATE)));
  expect(failed?.error).toBeUndefined();
  const [parsed, evaluated] = updates.filter(({ templateVariables }) => templateVariables.length > 0).map((one) => one.templateVariables);
  for (const variables of [parsed, evaluated]) expect(variables?.every(({ required }) => !required)).toBe(true);
  // What a plan prints of a set keeps the order of jsonencode.
  expect(evaluated?.map(({ name, defaultValue }) => [name, defaultValue])).toEqual(
    DEFAULTS.map((_, index) => [`v${index}`, plainValue(wanted[`v${index}`] ?? "")]),
  );
});

test("a literal is read as Terraform evaluates it, but for the way in which a number is written", async () => {
  const literals = DEFAULTS.filter(({ type, source }) => type === undefined && literalJson(source) !== undefined);
  expect(literals.length).toBeGreaterThan(25);
  const names = literals.map(({ source }) => `v${DEFAULTS.findIndex((one) => one.type === undefined && one.source === source)}`);
  const wanted = await outputsOfTerraform(TEMPLATE);
  for (const [index, { source }] of literals.entries())
    expect(JSON.parse(literalJson(source) ?? ""), source).toEqual(JSON.parse(wanted[names[index] ?? ""] ?? ""));
});

const SET = {
  "main.tf": ["string", "number", "bool", "any", "list(string)", undefined]
    .map(
      (type, index) =>
        `variable "v${index}" {\n${type === undefined ? "" : `  type    = ${type}\n`}  default = null\n}\n${output(`v${index}`)}`,
    )
    .join(""),
};
const TEXTS = { v0: "1 + 1", v1: "12345678901234567890.10", v2: "true", v3: "[1, 1 + 1]", v4: '["a", "$${b}", 7]', v5: "[1]" };
const JSONS = {
  v0: "12345678901234567890.10",
  v1: '"1e3"',
  v2: '"true"',
  v3: '"${x}"',
  v4: '["${b}", 1.10]',
  v5: '[{"a": 12345678901234567890}]',
};

test("text means what it means in TF_VAR_ variables, for every type", async () => {
  const env = Object.fromEntries(Object.entries(TEXTS).map(([name, value]) => [`TF_VAR_${name}`, value]));
  const values = Object.entries(TEXTS).map(([name, value]) => ({ name, value }));
  expect(await outputsOfBuild(SET, values)).toEqual(await outputsOfTerraform(SET, { env }));
});

test("JSON means what it means in a .tfvars.json file, with every digit and null", async () => {
  const values = Object.entries(JSONS).map(([name, value]) => ({ name, value, json: true }));
  const text = `{${values.map(({ name, value }) => `"${name}": ${value}`).join()}}`;
  const wanted = await outputsOfTerraform({ ...SET, "terraform.tfvars.json": text });
  expect(await outputsOfBuild(SET, values)).toEqual(wanted);
  expect(compactJson(wanted.v0 ?? "")).toBe('"12345678901234567890.1"');
  const nullable = {
    "main.tf": `variable "a" {\n  default = "x"\n}\nvariable "b" {\n  default  = "x"\n  nullable = false\n}\n${output("a")}${output("b")}`,
  };
  const nulls = ["a", "b"].map((name) => ({ name, value: "null", json: true }));
  expect(await outputsOfBuild(nullable, nulls)).toEqual({ a: "null", b: '"x"' });
});

test("override files are merged as Terraform merges them", async () => {
  const files = {
    "main.tf": `variable "a" {\n  type = string\n}\nvariable "b" {\n  type = number\n  default = 1\n}\n${output("a")}${output("b")}`,
    "override.tf": 'variable "a" {\n  default = "first"\n}\n',
    "z_override.tf.json": '{"variable": {"a": {"default": 12345678901234567890}, "b": {"type": "string", "sensitive": true}}}',
    ".override.tf": 'variable "a" {\n  default = "hidden"\n}\n',
    "b_override.tf~": 'variable "a" {\n  default = "backup"\n}\n',
  };
  const shown = { ...files, "main.tf": files["main.tf"].replace("jsonencode(var.b)", "nonsensitive(jsonencode(var.b))") };
  const wanted = await outputsOfTerraform(shown);
  expect(await outputsOfBuild(shown)).toEqual(wanted);
  expect(wanted).toEqual({ a: '"12345678901234567890"', b: '"1"' });
  const { server } = await startBench();
  const { updates } = await server.finished(server.enqueue(await importJob(shown)));
  expect(updates.findLast(({ templateVariables }) => templateVariables.length > 0)?.templateVariables).toMatchObject([
    { name: "a", type: "string", defaultValue: "12345678901234567890", required: false },
    { name: "b", type: "string", defaultValue: "1", sensitive: true },
  ]);
});

test("an ephemeral variable that is set has its value in the plan and in the apply", async () => {
  const files = {
    "main.tf":
      'variable "secret" {\n  type      = string\n  ephemeral = true\n}\nvariable "plain" {}\nresource "terraform_data" "a" {\n  input = var.plain\n}\n',
  };
  const values = [
    { name: "secret", value: "hush" },
    { name: "plain", value: '"x"', json: true },
  ];
  await expect(outputsOfBuild(files, values)).resolves.toEqual({});
  await expect(
    outputsOfBuild(
      files,
      values.map((one) => ({ ...one, value: '"x"', json: true })),
    ),
  ).resolves.toEqual({});
});

test("a default that Terraform refuses fails the import with file, line and cause", async () => {
  const { server } = await startBench();
  for (const [source, says] of [
    ['upper("x")', "Function calls not allowed"],
    ["var.other", "Variables not allowed"],
  ]) {
    const { failed } = await server.finished(server.enqueue(await importJob({ "main.tf": `variable "a" {\n  default = ${source}\n}\n` })));
    expect(failed?.error).toContain(says);
    expect(failed?.error).toContain("main.tf line 2");
  }
});

test("a list that is nested 4,000 deep is imported, and a build has it", async () => {
  const deep = `${"[".repeat(4_000)}12345678901234567890${"]".repeat(4_000)}`;
  const files = { "main.tf": `variable "deep" {\n  default = ${deep}\n}\noutput "deep" {\n  value = jsonencode(var.deep)\n}\n` };
  const { server } = await startBench();
  const { failed, updates } = await server.finished(server.enqueue(await importJob(files)));
  expect(failed?.error).toBeUndefined();
  for (const { templateVariables } of updates) for (const { defaultValue } of templateVariables) expect(defaultValue).toBe(deep);
  expect(await outputsOfBuild(files)).toEqual({ deep });
});

test("a required parameter with a validation is asked of nobody before a build", async () => {
  const parameter = (rule: string, type: string) =>
    `data "coder_parameter" "${type}" {\n  name = "${type}"\n  type = "${type}"\n  validation {\n    ${rule}\n  }\n}\n`;
  const coder = 'terraform {\n  required_providers {\n    coder = { source = "coder/coder" }\n  }\n}\n';
  const main = `${coder}${parameter('regex = "^[a-z]{8,}$"\n    error = "eight letters"', "string")}${parameter("min = 1\n    max = 9", "number")}`;
  const { server } = await startBench();
  const imported = await server.finished(server.enqueue(await importJob({ "main.tf": main })));
  expect(imported.failed?.error).toBeUndefined();
  expect(imported.completed?.type.value).toMatchObject({
    richParameters: [
      { name: "number", required: true, validationMin: 1, validationMax: 9 },
      { name: "string", required: true, validationRegex: "^[a-z]{8,}$" },
    ],
  });
  for (const [transition, parameters, says] of [
    [START, { string: "abcdefgh", number: "3" }, undefined],
    [START, { string: "short", number: "3" }, "eight letters"],
    [START, { string: "abcdefgh", number: "10" }, "more than the maximum 9"],
    [START, { number: "3" }, "eight letters"],
    [STOP, { string: "abcdefgh" }, 'value "" is not a number'],
  ] as const) {
    const built = await server.finished(server.enqueue(await buildJob({ "main.tf": main }, { transition, parameters })));
    if (says === undefined) expect(built.failed?.error).toBeUndefined();
    else expect(built.failed?.error).toContain(says);
  }
});
