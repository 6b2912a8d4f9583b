import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findTerraform, isOlder, TerraformUnusableError } from "./find-terraform.ts";

async function place(script: string): Promise<{ directory: string; env: Record<string, string> }> {
  const directory = await mkdtemp(path.join(tmpdir(), "find-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(path.join(directory, "terraform"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { directory, env: { PATH: `/nowhere:${directory}:/usr/bin:/bin` } };
}

const says = (version: string): string => `echo '{"terraform_version":"${version}"}'`;

test("finds the first one on PATH and its version", async () => {
  const { directory, env } = await place(says("1.11.4"));
  expect(await findTerraform(undefined, env)).toEqual({ path: path.join(directory, "terraform"), version: "1.11.4" });
  expect(await findTerraform(path.join(directory, "terraform"), {})).toMatchObject({ version: "1.11.4" });
});

test("notices that it was replaced", async () => {
  const { directory, env } = await place(says("1.2.0"));
  expect(await findTerraform(undefined, env)).toMatchObject({ version: "1.2.0" });
  await writeFile(path.join(directory, "terraform"), `#!/bin/sh\n${says("1.12.0")}\n`);
  await utimes(path.join(directory, "terraform"), 1_000, 1_000);
  expect(await findTerraform(undefined, env)).toMatchObject({ version: "1.12.0" });
});

for (const { given, script, text } of [
  { given: "too old", script: says("1.0.11"), text: /^Terraform 1\.0\.11 \(.*\) is too old: install Terraform 1\.1\.0 or newer\.$/ },
  { given: "no Terraform", script: "echo hello", text: /does not report a Terraform version: install Terraform 1\.1\.0 or newer\.$/ },
]) {
  test(`refuses one that is ${given}, in one sentence`, async () => {
    const { env } = await place(script);
    await expect(findTerraform(undefined, env)).rejects.toThrow(TerraformUnusableError);
    await expect(findTerraform(undefined, env)).rejects.toThrow(text);
  });
}

test("says what to install when there is none", async () => {
  await expect(findTerraform(undefined, { PATH: "/nowhere" })).rejects.toThrow(
    /^Terraform was not found on PATH: install Terraform 1\.1\.0 or newer \(https:.*\)\.$/,
  );
});

for (const { version, than, older } of [
  { version: "1.0.11", than: "1.1.0", older: true },
  { version: "1.1.0", than: "1.1.0", older: false },
  { version: "1.10.0", than: "1.9.0", older: false },
  { version: "2.0.0-alpha1", than: "1.9.0", older: false },
]) {
  test(`${version} is ${older ? "" : "not "}older than ${than}`, () => expect(isOlder(version, than)).toBe(older));
}
