import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hasLocalBackend } from "./local-backend.ts";

for (const { file, text, found } of [
  { file: "main.tf", text: 'terraform {\n  backend "local" {\n    path = "x"\n  }\n}\n', found: true },
  { file: "main.tf", text: 'terraform {\n  backend "s3" {}\n}\n# backend "local" {}\nresource "x" "backend" {}\n', found: false },
  { file: "main.tf", text: 'module "terraform" {\n  backend "local" {}\n}\n', found: false },
  { file: "cdk.tf.json", text: '{"terraform":{"backend":{"local":{"path":"/home/ada/x.tfstate"}}}}', found: true },
  { file: "cdk.tf.json", text: '{"terraform":[{"required_version":"> 1"},{"backend":[{"local":[{}]}]}]}', found: true },
  { file: "cdk.tf.json", text: '{"terraform":{"backend":{"http":{}}},"backend":{"local":{}}}', found: false },
  { file: "cdk.tf.json", text: '{"terraform":{"backend":{"local', found: false },
  { file: ".main.tf", text: 'terraform {\n  backend "local" {}\n}\n', found: false },
  { file: "main.tf~", text: 'terraform {\n  backend "local" {}\n}\n', found: false },
  { file: "notes.md", text: 'terraform {\n  backend "local" {}\n}\n', found: false },
]) {
  test(`${found ? "finds a local backend" : "finds none"} in ${file} with ${JSON.stringify(text).slice(0, 60)}`, async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "backend-test-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await writeFile(path.join(directory, file), text);
    expect(await hasLocalBackend(directory)).toBe(found);
  });
}

const LOCAL = 'terraform {\n  backend "local" {}\n}\n';

for (const { other, text, found } of [
  { other: "backend_override.tf", text: 'terraform {\n  backend "s3" {}\n}\n', found: false },
  { other: "override.tf.json", text: '{"terraform":{"cloud":{}}}', found: false },
  { other: "override.tf", text: LOCAL, found: true },
  { other: "override.tf", text: 'terraform {\n  required_version = "> 1"\n}\n', found: true },
]) {
  test(`${found ? "finds a local backend" : "finds none"} where ${other} says ${JSON.stringify(text)} beside one`, async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "backend-test-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await writeFile(path.join(directory, "main.tf"), LOCAL);
    await writeFile(path.join(directory, other), text);
    expect(await hasLocalBackend(directory)).toBe(found);
  });
}
