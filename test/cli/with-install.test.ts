import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";

/** A project with only a lockfile, the script under test, and a script for it to run. `bin` is the whole PATH. */
let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "proviso-install-"));
  await Promise.all(["scripts", "bin", "node_modules/.bin"].map((folder) => mkdir(join(project, folder), { recursive: true })));
  await copyFile(join(import.meta.dirname, "..", "..", "scripts", "with-install.mjs"), join(project, "scripts", "with-install.mjs"));
  await writeFile(join(project, "scripts", "hello.mjs"), `console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 3;`);
  await writeFile(join(project, "scripts", "demo.ts"), "");
  await writeLock("package-lock.json", PACKAGES);
  await writeLock("node_modules/.package-lock.json", PACKAGES);
  await symlink(process.execPath, join(project, "node_modules", ".bin", "node"));
  for (const tool of ["sh", "cp", "mkdir", "echo", "ln"]) await symlink(`/bin/${tool}`, join(project, "bin", tool));
});
afterEach(() => rm(project, { recursive: true, force: true }));

const PACKAGES = {
  "": { version: "1.0.0" },
  "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
  "node_modules/other-platform": { version: "1.0.0", optional: true },
};
const { "node_modules/other-platform": _absent, ...INSTALLED } = PACKAGES;

function writeLock(path: string, packages: object): Promise<void> {
  return writeFile(join(project, path), JSON.stringify({ lockfileVersion: 3, packages }));
}

/** A fake npm that prints its arguments on both streams and does as told. */
async function writeNpm(then: string): Promise<void> {
  const path = join(project, "bin", "npm");
  await writeFile(path, `#!/bin/sh\necho "npm $*"\necho "to stderr" >&2\n${then}\n`);
  await chmod(path, 0o755);
}

async function run(...args: string[]) {
  const child = spawn(process.execPath, ["scripts/with-install.mjs", ...args], { cwd: project, env: { PATH: join(project, "bin") } });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, stdout, stderr };
}

const HELLO = { code: 3, stdout: '["--json","a b"]\n' };
const INSTALLS = 'cp "$PWD/package-lock.json" "$PWD/node_modules/.package-lock.json"';

test("runs the script with its arguments and ends with its exit code; optional packages of other platforms may be absent", async () => {
  await writeLock("node_modules/.package-lock.json", INSTALLED);
  expect(await run("scripts/hello.mjs", "--json", "a b")).toEqual({ ...HELLO, stderr: "" });
});

for (const { when, prepare, why } of [
  {
    when: "nothing is installed",
    prepare: () => rm(join(project, "node_modules", ".package-lock.json")),
    why: "no packages are installed yet",
  },
  {
    when: "a package has another version",
    prepare: () => writeLock("node_modules/.package-lock.json", { ...INSTALLED, "node_modules/a": { version: "0.9.0" } }),
    why: "node_modules/a has changed",
  },
  { when: "a package is missing", prepare: () => writeLock("node_modules/.package-lock.json", {}), why: "node_modules/a is missing" },
  {
    when: "a package is there that was taken out",
    prepare: () => writeLock("node_modules/.package-lock.json", { ...INSTALLED, "node_modules/b": { version: "1.0.0" } }),
    why: "packages were removed from the lockfile",
  },
]) {
  test(`installs when ${when}, and leaves stdout to the script`, async () => {
    await prepare();
    await writeNpm(INSTALLS);
    const { stderr, ...rest } = await run("scripts/hello.mjs", "--json", "a b");
    expect(rest).toEqual(HELLO);
    expect(stderr).toContain(`Installing packages with npm ci (${why}) ...\nnpm ci `);
    expect(stderr).toContain("to stderr\nInstalled in ");
  });
}

test("says that npm failed, and does not run the script", async () => {
  await rm(join(project, "node_modules", ".package-lock.json"));
  await writeNpm("exit 7");
  const run7 = await run("scripts/hello.mjs");
  expect(run7).toMatchObject({ code: 1, stdout: "" });
  expect(run7.stderr).toMatch(/\nerror: npm ci failed \(exit code 7\): see its message above\.\n$/);
});

test("says that npm is missing", async () => {
  await rm(join(project, "node_modules", ".package-lock.json"));
  const { code, stderr } = await run("scripts/hello.mjs");
  expect(code).toBe(1);
  expect(stderr).toMatch(/\nerror: could not start npm .*: it is part of Node/);
});

test("says that Terraform is missing before it installs anything for the demo", async () => {
  await rm(join(project, "node_modules", ".package-lock.json"));
  const { code, stderr } = await run("scripts/demo.ts");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: terraform is not on the PATH: install Terraform .*\n$/);
});

test("hands a signal on, and ends as the script ended", async () => {
  await writeFile(
    join(project, "scripts", "wait.mjs"),
    `process.on("SIGTERM", () => process.exit(42)); setInterval(() => {}, 1e6); console.log("up");`,
  );
  const child = spawn(process.execPath, ["scripts/with-install.mjs", "scripts/wait.mjs"], { cwd: project, env: { PATH: "" } });
  const closed = once(child, "close");
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  expect(await closed).toEqual([42, null]);
});
