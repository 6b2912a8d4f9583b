import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { PROVIDER_VERSION } from "#provider/coder/version.ts";
import { buildExecutable } from "#provider/release/executable.ts";
import { findHostPlatform } from "#provider/release/platform.ts";
import { writeRelease } from "#provider/release/release.ts";
import { runCli } from "../cli/run-cli.ts";
import { publishedLock } from "./published-lock.ts";

// The build takes about 5 s when the sources have changed.
const LIMIT_MS = 120_000;

const TEMPLATE = `terraform {
  required_providers {
    coder = {
      source  = "coder/coder"
      version = "~> 2.0"
    }
  }
}
data "coder_workspace" "me" {}
resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}
output "name" {
  value = data.coder_workspace.me.name
}
`;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "executable-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs Terraform where it has no network to fall back to: the mirror must do. */
function terraformIn(cwd: string, cliConfig: string): (...args: readonly string[]) => Promise<string> {
  const env = { PATH: process.env.PATH ?? "", HOME: cwd, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_CLI_CONFIG_FILE: cliConfig };
  return async (...args) => (await promisify(execFile)("terraform", [...args, "-no-color"], { cwd, env })).stdout;
}

async function projectIn(folder: string): Promise<string> {
  const directory = join(folder, "project");
  await mkdir(directory);
  await writeFile(join(directory, "main.tf"), TEMPLATE);
  return directory;
}

test(
  "a mirror that the CLI writes is enough for Terraform, from init to destroy",
  async () => {
    const folder = await temporaryFolder();
    const mirror = join(folder, "mirror");
    const run = await runCli(["provider", "mirror", mirror]);
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout).toBe(await readFile(join(mirror, "coder.tfrc"), "utf8"));
    expect(run.stderr).toContain(`The coder provider ${PROVIDER_VERSION} for ${findHostPlatform()?.name}`);

    const project = await projectIn(folder);
    const terraform = terraformIn(project, join(mirror, "coder.tfrc"));
    await terraform("init", "-input=false");
    expect(await readFile(join(project, ".terraform.lock.hcl"), "utf8")).toMatch(
      new RegExp(`version {5}= "${PROVIDER_VERSION}"\\n {2}constraints = "~> 2\\.0"\\n {2}hashes = \\[\\n {4}"h1:[^"]+",\\n {2}\\]`),
    );
    expect(await terraform("apply", "-auto-approve")).toContain('name = "default"');
    expect(await terraform("plan", "-detailed-exitcode")).toContain("No changes");
    expect(await terraform("destroy", "-auto-approve")).toContain("1 destroyed");

    const elsewhere = join(folder, "notes.txt");
    await writeFile(elsewhere, "not the mirror's");
    await rm(join(mirror, "coder.tfrc"));
    await symlink(elsewhere, join(mirror, "coder.tfrc"));
    const again = await runCli(["provider", "mirror", mirror]);
    expect(again.code).toBe(0);
    expect(await readFile(elsewhere, "utf8")).toBe("not the mirror's");
    expect((await readdir(mirror)).toSorted()).toEqual(["coder.tfrc", "registry.opentofu.org", "registry.terraform.io"]);
    expect(again.stderr).not.toContain("Building");
    await writeFile(join(project, ".terraform.lock.hcl"), publishedLock({ version: PROVIDER_VERSION, constraints: "~> 2.0" }));
    await expect(terraform("init")).rejects.toThrow("checksums");
    await terraform("providers", "lock", `-fs-mirror=${mirror}`, "coder/coder");
    await terraform("init", "-lockfile=readonly");
  },
  LIMIT_MS,
);

test(
  "a release is a mirror too, whose index says what Terraform finds",
  async () => {
    const platform = findHostPlatform();
    if (platform === undefined) throw new Error("this platform has no release");
    const { path } = await buildExecutable();
    expect((await buildExecutable()).isNew).toBe(false);
    expect((await promisify(execFile)(path, ["-version"])).stdout).toContain(PROVIDER_VERSION);
    expect((await stat(path)).size).toBeLessThan((await stat(process.execPath)).size);

    const folder = await temporaryFolder();
    const release = await writeRelease({ executables: [{ platform, path }], directory: join(folder, "release"), compressionLevel: 0 });
    const cliConfig = join(folder, "cli.tfrc");
    await writeFile(cliConfig, `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(release.mirror)}\n  }\n}\n`);
    const project = await projectIn(folder);
    await terraformIn(project, cliConfig)("init", "-input=false");
    const index = JSON.parse(await readFile(join(release.mirror, "registry.terraform.io/coder/coder", `${PROVIDER_VERSION}.json`), "utf8"));
    const [hash] = index.archives[platform.name].hashes;
    expect(await readFile(join(project, ".terraform.lock.hcl"), "utf8")).toContain(`"${hash}"`);
  },
  LIMIT_MS,
);

test("a mirror cannot be where a file is, and says so in one line", async () => {
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "");
  const run = await runCli(["provider", "mirror", file]);
  expect(run).toMatchObject({ code: 1, stdout: "" });
  expect(run.stderr).toMatch(/^error: cannot write a mirror to [^\n]*: EEXIST: [^\n]*\n$/);
});
