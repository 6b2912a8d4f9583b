/** What docs/provider-sdk.md says of its example, with a real Terraform. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { shelfProvider } from "../../examples/provider-sdk/provider.ts";
import { projectInProcess, type TerraformProject } from "./terraform-project.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLE = join(ROOT, "examples/provider-sdk");

for (const file of ["provider.ts", "main.ts", "main.tf", "terraform-provider-shelf", "provider.test.ts"]) {
  test(`the page shows ${file} as it is run`, async () => {
    const [page, source] = await Promise.all([readFile(join(ROOT, "docs/provider-sdk.md"), "utf8"), readFile(join(EXAMPLE, file), "utf8")]);
    const shown = [...page.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, block]) => block);
    expect(shown).toContain(source);
  });
}

async function shelf(): Promise<TerraformProject> {
  const project = await projectInProcess({
    files: { "main.tf": await readFile(join(EXAMPLE, "main.tf"), "utf8") },
    provider: shelfProvider(),
    address: "registry.terraform.io/acme/shelf",
  });
  onTestFinished(() => project[Symbol.asyncDispose]());
  return project;
}

async function edit(project: TerraformProject, from: string, to: string): Promise<void> {
  await project.write("main.tf", (await project.read("main.tf")).replace(from, to));
}

async function apply(project: TerraformProject, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await project.terraform("apply", "-no-color", "-auto-approve", ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

test("in process: a note is created, updated in place, moved, corrected, recreated and removed", async () => {
  const project = await shelf();
  expect(await apply(project)).toContain("1 added, 0 changed, 0 destroyed");
  expect(await project.read("shopping.txt")).toBe("Bread\n");
  expect((await project.terraform("plan", "-detailed-exitcode")).exitCode).toBe(0);

  await edit(project, "Bread", "Milk");
  expect(await apply(project)).toContain("0 added, 1 changed, 0 destroyed");
  expect(await project.read("shopping.txt")).toBe("Milk\n");

  await edit(project, "shopping", "errands");
  expect(await apply(project)).toContain("1 added, 0 changed, 1 destroyed");
  await expect(access(join(project.directory, "shopping.txt"))).rejects.toMatchObject({ code: "ENOENT" });

  await project.write("errands.txt", "Nothing at all.");
  expect(await apply(project)).toContain("0 added, 1 changed, 0 destroyed");
  expect(await project.read("errands.txt")).toBe("Milk\n");

  await rm(join(project.directory, "errands.txt"));
  expect(await apply(project)).toContain("1 added, 0 changed, 0 destroyed");

  expect(await apply(project, "-destroy")).toContain("0 added, 0 changed, 1 destroyed");
  await expect(access(join(project.directory, "errands.txt"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a note that cannot be created is refused with the line that it is written on", async () => {
  const project = await shelf();
  await project.write("shopping.txt", "somebody else's");
  const { stderr } = await project.terraform("apply", "-no-color", "-auto-approve");
  expect(stderr).toContain("Error: Cannot create the note shopping");
  expect(stderr).toMatch(/on main\.tf line 14, in resource "shelf_note" "list":\s+14: {3}name = "shopping"/);
  expect(stderr).toContain("EEXIST");
});

test("a plan succeeds while the folder is still unknown", async () => {
  const project = await shelf();
  await edit(project, "abspath(path.root)", "terraform_data.folder.output");
  await edit(
    project,
    'resource "shelf_note"',
    'resource "terraform_data" "folder" {\n  input = abspath(path.root)\n}\n\nresource "shelf_note"',
  );
  expect(await apply(project)).toContain("2 added");
});

test("the same as a program that Terraform starts", async () => {
  const project = await shelf();
  const tfrc = `provider_installation {\n  dev_overrides {\n    "acme/shelf" = ${JSON.stringify(EXAMPLE)}\n  }\n  direct {}\n}\n`;
  await writeFile(join(project.directory, "dev.tfrc"), tfrc);
  const cache = join(ROOT, "node_modules/.cache/proviso");
  // The example's script takes the node that comes first on the PATH, and the SDK as it stands in the clone, whether or not it has been built.
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const fromSource = { NODE_OPTIONS: "--conditions=proviso-source", NODE_COMPILE_CACHE: cache };
  const env = { PATH: path, TF_CLI_CONFIG_FILE: "dev.tfrc", CHECKPOINT_DISABLE: "1", ...fromSource };
  const args = ["apply", "-no-color", "-auto-approve"];
  const child = spawn("terraform", args, { cwd: project.directory, env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("1 added");
  expect(await project.read("shopping.txt")).toBe("Bread\n");
});
