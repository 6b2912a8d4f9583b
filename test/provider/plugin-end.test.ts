/** How a provider's process ends, and what its user sees of it: signals, flags, and the form for platforms without unix sockets. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { makeServerCertificate } from "#provider/sdk/certificate.ts";
import { CODER_PLUGIN, MAGIC_COOKIE, startPlugin, textOf } from "./plugin-process.ts";
import { stored } from "./state.ts";
import { projectWithPlugin, projectWithReattached } from "./terraform-project.ts";

const REQUIRED = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
`;

/** An executable file that runs the slow provider: Terraform starts nothing else. */
async function slowPlugin(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "slow-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, "plugin");
  const cache = join(import.meta.dirname, "../../node_modules/.cache/proviso");
  await writeFile(
    path,
    `#!/bin/sh\nNODE_COMPILE_CACHE='${cache}' exec '${process.execPath}' '${join(import.meta.dirname, "slow-plugin.ts")}' "$@"\n`,
  );
  await chmod(path, 0o755);
  return path;
}

for (const { what, stubborn, says } of [
  {
    what: "a call that heeds its signal ends with a diagnostic",
    stubborn: false,
    says: "The slow provider was interrupted in ApplyResourceChange",
  },
  // Which of the two depends on whether Terraform hears first of the end of the call or of the process.
  { what: "one that does not is cut off, which Terraform explains", stubborn: true, says: /Plugin did not respond|request was cancelled/ },
]) {
  test(`SIGTERM in the middle of an apply: ${what}`, { timeout: 30_000 }, async () => {
    const main = `${REQUIRED}resource "coder_slow" "it" {\n  started  = "pid"\n  stubborn = ${stubborn}\n}\n`;
    await using project = await projectWithPlugin({ files: { "main.tf": main }, plugin: await slowPlugin() });
    const apply = project.terraform("apply", "-no-color", "-auto-approve", "-input=false");
    const pidFile = join(project.directory, "pid");
    await expect.poll(() => (existsSync(pidFile) ? readFile(pidFile, "utf8") : ""), { timeout: 20_000 }).not.toBe("");
    process.kill(Number(await readFile(pidFile, "utf8")), "SIGTERM");
    const { exitCode, stdout, stderr } = await apply;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(says);
    expect(stdout + stderr).not.toMatch(/panic|\n\s+at .*:\d+:\d+/);
  });
}

test("-debug serves one Terraform command after the other until it is interrupted", { timeout: 30_000 }, async () => {
  const child = startPlugin(CODER_PLUGIN, {}, ["-debug"]);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let variable: RegExpExecArray | null = null;
  while (variable === null) variable = /^TF_REATTACH_PROVIDERS='(.*)'$/.exec(String((await lines.next()).value));
  const reattach = variable[1] ?? "";
  const { Addr: address, ...rest } = JSON.parse(reattach)["registry.terraform.io/coder/coder"];
  expect(rest).toEqual({ Protocol: "grpc", ProtocolVersion: 6, Pid: child.pid, Test: true });

  const agent = `${REQUIRED}resource "coder_agent" "main" {\n  os   = "linux"\n  arch = "arm64"\n}\n`;
  const twice = `${REQUIRED}provider "coder" {\n  alias = "other"\n  url   = "https://other.example.com"\n}
data "coder_workspace" "me" {}\ndata "coder_workspace" "other" {\n  provider = coder.other\n}\n`;
  const run = async (main: string, address: string) => {
    await using project = await projectWithReattached({ files: { "main.tf": main } }, reattach);
    expect(await project.terraform("apply", "-no-color", "-auto-approve")).toMatchObject({ exitCode: 0, stderr: "" });
    return await stored(project, address);
  };
  const [made, other] = await Promise.all([run(agent, "coder_agent.main"), run(twice, "coder_workspace.other")]);
  expect(made).toMatchObject({ os: "linux", arch: "arm64" });
  expect(other).toMatchObject({ access_url: "https://other.example.com" });

  const exited = once(child, "close");
  child.kill("SIGINT");
  expect((await exited)[0]).toBe(0);
  expect(existsSync(dirname(address.String))).toBe(false);
});

for (const { flag, exitCode, stdout, stderr } of [
  { flag: "--help", exitCode: 0, stdout: /^The coder provider for Terraform, version 2\.\d+\.\d+\.\n(.*\n)+ +-debug/, stderr: /^$/ },
  { flag: "-frob", exitCode: 2, stdout: /^$/, stderr: /^terraform-provider-coder: unknown argument "-frob"\. See -help\.\n$/ },
]) {
  test(`answers ${flag} and ends with ${exitCode}`, async () => {
    const child = startPlugin(CODER_PLUGIN, {}, [flag]);
    const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
    expect((await once(child, "close"))[0]).toBe(exitCode);
    expect(out()).toMatch(stdout);
    expect(err()).toMatch(stderr);
  });
}

test("without unix sockets it takes a port of the host's range, over mutual TLS", { timeout: 30_000 }, async () => {
  const plugin = await slowPlugin();
  const onWindows = { SLOW_PLATFORM: "win32", PLUGIN_MIN_PORT: "10000", PLUGIN_MAX_PORT: "25000" };
  const child = startPlugin(plugin, { ...MAGIC_COOKIE, ...onWindows, PLUGIN_CLIENT_CERT: makeServerCertificate(Date.now()).pem });
  const { value: line } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  expect(line).toMatch(/^1\|6\|tcp\|127\.0\.0\.1:(1\d|2[0-5])\d{3}\|grpc\|[A-Za-z0-9+/]{100,}$/);

  const main = `${REQUIRED}resource "coder_slow" "it" {\n  started = "pid"\n}\n`;
  await using project = await projectWithPlugin({ files: { "main.tf": main }, plugin, env: onWindows });
  expect(await project.terraform("validate", "-no-color")).toMatchObject({ exitCode: 0, stderr: "" });
});

test("on a port it serves nobody without TLS", async () => {
  const child = startPlugin(await slowPlugin(), { ...MAGIC_COOKIE, SLOW_PLATFORM: "win32" });
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  expect((await once(child, "close"))[0]).toBe(2);
  expect(out()).toBe("");
  expect(err()).toMatch(/^panic: the slow provider cannot start: .*TF_DISABLE_PLUGIN_TLS.*\n$/);
});
