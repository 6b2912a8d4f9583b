import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { importVersion, signUp } from "./harness/api.ts";
import { startServerProcess } from "./harness/server-process.ts";
import { templateWithAgents } from "./harness/templates.ts";

/** A directory for PATH that holds what a shell script needs, and this `terraform`, or none. */
async function pathWith(terraform: string | undefined): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "proviso-path-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const command of ["sh", "dirname", "readlink", "env"]) await symlink(`/usr/bin/${command}`, join(directory, command));
  if (terraform !== undefined) {
    await writeFile(join(directory, "terraform"), terraform);
    await chmod(join(directory, "terraform"), 0o755);
  }
  return directory;
}

for (const { given, terraform } of [
  { given: "no terraform on PATH", terraform: undefined },
  { given: "a terraform that is too old", terraform: '#!/bin/sh\necho \'{"terraform_version":"0.15.5"}\'\n' },
]) {
  test(`with ${given} the server starts and says so, and a job fails with one sentence that tells what to install`, async () => {
    await using server = await startServerProcess({ env: { PATH: await pathWith(terraform) } });
    const api = await signUp(server.url);
    expect(server.stderr()).toMatch(/terraform/i);
    const version = await importVersion(api, templateWithAgents({ main: "" }));
    expect(version.job.status).toBe("failed");
    expect(version.job.error).toMatch(/install Terraform 1\.1/i);
    expect(version.job.error.trim().split("\n")).toHaveLength(1);
  });
}
