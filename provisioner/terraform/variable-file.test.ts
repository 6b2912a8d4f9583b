import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { readInside } from "./read-inside.ts";
import { variableFile, variablesOfTemplate } from "./variable-file.ts";

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "variables-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
  return directory;
}

const TROUBLE = `a "quoted" \\ \${not.there} %{if} $\${x}\nline\ttab \u0001 é 🙂`;

/** Each type with a text that Terraform takes from its environment, and what that means. */
const CASES: readonly { readonly type: string; readonly text: string; readonly means: unknown }[] = [
  {
    type: "string",
    text: TROUBLE,
    means: TROUBLE,
  },
  { type: "string", text: '["a"]', means: '["a"]' },
  { type: "string", text: String.raw`C:\bin\forms \bword\b`, means: String.raw`C:\bin\forms \bword\b` },
  { type: "string", text: "null", means: "null" },
  { type: "", text: "{}", means: "{}" },
  { type: "number", text: "17", means: 17 },
  { type: "bool", text: "true", means: true },
  { type: "list(string)", text: '["a", "b,]",\n "$${c}" # last\n]', means: ["a", "b,]", `$${"{c}"}`] },
  { type: "map(string)", text: "{ a = <<EOT\nlong ] text\nEOT\n}", means: { a: "long ] text\n" } },
  { type: "object({ n = number })", text: '{"n": 15e2}', means: { n: 1500 } },
  { type: "any", text: "[1, true]", means: [1, true] },
  { type: "any", text: '"text"', means: "text" },
];

test("Terraform reads the same from the file as from its environment", { timeout: 30_000 }, async () => {
  const names = CASES.map((_, index) => `v${index}`);
  const declared = CASES.map(({ type }, index) => `variable "v${index}" {\n${type === "" ? "" : `  type = ${type}\n`}}\n`).join("");
  const outputs = names.map((name) => `output "${name}" {\n  value = var.${name}\n}\n`).join("");
  const directory = await folder({ "main.tf": declared + outputs });
  const values = CASES.map(({ text }, index) => ({ name: `v${index}`, value: text }));
  const read = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const at = { cwd: directory, env: { PATH: process.env.PATH ?? "", HOME: directory, CHECKPOINT_DISABLE: "1", ...env } };
    await promisify(execFile)("terraform", ["apply", "-auto-approve", "-input=false", ...args], at);
    const { outputs } = JSON.parse(await readFile(path.join(directory, "terraform.tfstate"), "utf8"));
    await rm(path.join(directory, "terraform.tfstate"));
    return names.map((name) => outputs[name].value);
  };
  await writeFile(path.join(directory, "values"), variableFile(values, new Map(CASES.map(({ type }, index) => [`v${index}`, type]))));
  const fromFile = await read(["-var-file=values"], {});
  expect(fromFile).toEqual(CASES.map(({ means }) => means));
  expect(fromFile).toEqual(await read([], Object.fromEntries(values.map(({ name, value }) => [`TF_VAR_${name}`, value]))));
});

test("a value sets no other variable, and none that is not declared", () => {
  const types = new Map([["list", "list(string)"]]);
  const file = variableFile(
    [
      { name: "list", value: '["a"]\nother = "b"' },
      { name: "list", value: '])\nother = ("b"' },
      { name: "odd", value: "x" },
    ],
    types,
  );
  expect(file).toBe('list = (\n["a"]\nother = "b"\n)\nlist = "])\\nother = (\\"b\\""\n');
});

test("knows which variables the template sets itself", async () => {
  const directory = await folder({
    "terraform.tfvars": 'a = "x"\nb = {\n  inner = 1\n}\n',
    "more.auto.tfvars.json": '{"c": 1}',
    "other.tfvars": "d = 1\n",
  });
  expect([...(await variablesOfTemplate(directory))].sort()).toEqual(["a", "b", "c"]);
});

test("what a link leads out of the folder for is not there", async () => {
  const outside = await folder({ secret: "secret" });
  const directory = await folder({ here: "text" });
  await symlink(path.join(outside, "secret"), path.join(directory, "file"));
  await symlink(outside, path.join(directory, "folder"));
  await symlink("here", path.join(directory, "inner"));
  const read = [["file"], ["folder", "secret"], ["none"], ["inner"], ["here"]].map((names) => readInside(directory, ...names));
  expect(await Promise.all(read)).toEqual([undefined, undefined, undefined, "text", "text"]);
});
