import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findBackendBlock, overrideBackend } from "./backend-block.ts";

async function directoryWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "backend-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
  return directory;
}

const inList = '{"terraform":[{"required_version":"> 1"},\n{"backend":[{"local":[{}]}]}]}';

for (const { file, text, found } of [
  { file: "main.tf", text: 'terraform {\n  backend "local" {\n    path = "x"\n  }\n}\n', found: { type: "local", line: 2 } },
  {
    file: "main.tf",
    text: 'variable "a" {\n}\n\nterraform {\n  required_version = "> 1"\n\n  backend "s3" {}\n}\n# backend "local" {}\n',
    found: { type: "s3", line: 7 },
  },
  { file: "main.tf", text: 'terraform {\n  cloud {\n    organization = "x"\n  }\n}\n', found: { type: "cloud", line: 2 } },
  { file: "main.tf", text: 'module "terraform" {\n  backend "local" {}\n}\nresource "x" "backend" {}\n', found: undefined },
  { file: "cdk.tf.json", text: '{"terraform":{"backend":{"local":{"path":"/x.tfstate"}}}}', found: { type: "local", line: 1 } },
  { file: "cdk.tf.json", text: inList, found: { type: "local", line: 2 } },
  {
    file: "cdk.tf.json",
    text: '{\n  "backend": {"local": {}},\n  "terraform": {\n    "backend": {\n      "http": {"address": "x"}\n    }\n  }\n}',
    found: { type: "http", line: 5 },
  },
  { file: "cdk.tf.json", text: '{"resource":{},\n"terraform":{\n"cloud":{}}}', found: { type: "cloud", line: 3 } },
  { file: "cdk.tf.json", text: '{"terraform":{"backend":{"local', found: undefined },
  { file: ".main.tf", text: 'terraform {\n  backend "local" {}\n}\n', found: undefined },
  { file: "main.tf~", text: 'terraform {\n  backend "local" {}\n}\n', found: undefined },
  { file: "notes.md", text: 'terraform {\n  backend "local" {}\n}\n', found: undefined },
]) {
  test(`finds ${found === undefined ? "no backend" : found.type} in ${file} with ${JSON.stringify(text).slice(0, 60)}`, async () => {
    const directory = await directoryWith({ [file]: text });
    expect(await findBackendBlock(directory)).toEqual(found && { ...found, file });
  });
}

const LOCAL = 'terraform {\n  backend "local" {}\n}\n';

for (const { other, text, found } of [
  { other: "backend_override.tf", text: 'terraform {\n  backend "s3" {}\n}\n', found: { type: "s3", file: "backend_override.tf" } },
  { other: "override.tf.json", text: '{"terraform":{"cloud":{}}}', found: { type: "cloud", file: "override.tf.json" } },
  { other: "override.tf", text: LOCAL, found: { type: "local", file: "override.tf" } },
  { other: "override.tf", text: 'terraform {\n  required_version = "> 1"\n}\n', found: { type: "local", file: "main.tf" } },
]) {
  test(`finds the one of ${found.file} where ${other} says ${JSON.stringify(text)} beside one`, async () => {
    const directory = await directoryWith({ "main.tf": LOCAL, [other]: text });
    expect(await findBackendBlock(directory)).toMatchObject(found);
  });
}

test("an override of ours wins over all that the template has", async () => {
  const directory = await directoryWith({
    "main.tf": 'terraform {\n  backend "http" {}\n}\n',
    "zz_override.tf": "terraform {\n  cloud {}\n}\n",
    "override.tf.json": '{"terraform":{"backend":{"s3":{}}}}',
  });
  await overrideBackend(directory);
  expect(await findBackendBlock(directory)).toMatchObject({ type: "local" });
});
