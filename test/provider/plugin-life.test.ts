import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ChannelCredentials } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { GRPCController, GRPCStdio } from "#proto/gen/goplugin_pb.js";
import { Health, HealthCheckResponse_ServingStatus } from "#proto/gen/health_pb.js";
import { Provider } from "#proto/gen/tfplugin6_pb.js";
import { createClient } from "#proto/grpc.ts";
import { makeServerCertificate, type ServerCertificate } from "#provider/sdk/certificate.ts";
import { CODER_PLUGIN, MAGIC_COOKIE, startPlugin, textOf } from "./plugin-process.ts";
import { projectWithPlugin } from "./terraform-project.ts";

const MAIN = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
data "coder_provisioner" "me" {}
`;

test("every process of a plan ends by itself when Terraform asks it to", async () => {
  await using project = await projectWithPlugin({ files: { "main.tf": MAIN }, env: { TF_LOG: "debug", TF_LOG_PATH: "log" } });
  const plan = await project.terraform("plan", "-input=false");
  expect(plan.exitCode).toBe(0);
  const log = await project.read("log");
  const pids = [...log.matchAll(/plugin started: .*pid=(\d+)/g)].map(([, pid]) => Number(pid));
  expect(pids).toHaveLength(3);
  expect(log.match(/plugin process exited/g)).toHaveLength(3);
  expect(log).not.toContain("failed to exit gracefully");
  for (const pid of pids) expect(isAlive(pid)).toBe(false);
});

test("says what it is to a person, on stderr, and prints nothing else", async () => {
  const child = startPlugin(CODER_PLUGIN, {});
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const [exitCode] = await once(child, "close");
  expect(exitCode).toBe(1);
  expect(stdout()).toBe("");
  expect(stderr()).toBe("This is the coder provider for Terraform. Terraform starts it; by itself it does nothing. See -help.\n");
});

test("leaves an interrupt to Terraform, keeps its streams open, and ends with Shutdown", async () => {
  const child = startPlugin(CODER_PLUGIN, { ...MAGIC_COOKIE, PLUGIN_PROTOCOL_VERSIONS: "5,6" });
  const { line, path } = await handshake(child);
  expect(line).toMatch(/^1\|6\|unix\|[^|]+\|grpc\|$/);
  const address = `unix:${path}`;
  const controller = createClient(GRPCController, address, ChannelCredentials.createInsecure());
  const stdio = createClient(GRPCStdio, address, ChannelCredentials.createInsecure());
  const health = createClient(Health, address, ChannelCredentials.createInsecure());
  const provider = createClient(Provider, address, ChannelCredentials.createInsecure());
  onTestFinished(() => {
    for (const client of [controller, stdio, health, provider]) client.close();
  });

  const chunks = (async () => {
    const seen = [];
    for await (const chunk of stdio.streamStdio({})) seen.push(chunk);
    return seen;
  })().catch((error: unknown) => error);
  child.kill("SIGINT");
  expect(await health.check({ service: "plugin" })).toMatchObject({ status: HealthCheckResponse_ServingStatus.SERVING });
  await expect(health.check({ service: "other" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await provider.stopProvider({})).toMatchObject({ Error: "" });
  await expect(provider.callFunction({})).rejects.toMatchObject({ code: "UNIMPLEMENTED" });

  const exited = once(child, "close");
  await controller.shutdown({});
  for (const client of [controller, stdio, health, provider]) client.close();
  expect((await exited)[0]).toBe(0);
  expect(existsSync(path)).toBe(false);
  await chunks;
});

test("ends with SIGTERM and removes its socket", async () => {
  const child = startPlugin(CODER_PLUGIN, MAGIC_COOKIE);
  const { path } = await handshake(child);
  const exited = once(child, "close");
  child.kill("SIGTERM");
  expect((await exited)[0]).toBe(143);
  expect(existsSync(path)).toBe(false);
});

test("does not outlive a host that was killed", async () => {
  // A shell stands in for the host: it starts the plugin, tells its pid and waits.
  const host = spawn("sh", ["-c", `"${CODER_PLUGIN}" & echo $!; wait`], { env: { PATH: process.env.PATH, ...MAGIC_COOKIE } });
  const lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  expect((await lines.next()).value).toMatch(/^1\|6\|unix\|/);
  host.kill("SIGKILL");
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});

test("tells Terraform's user of a start that failed", async () => {
  const child = startPlugin(CODER_PLUGIN, { ...MAGIC_COOKIE, PLUGIN_UNIX_SOCKET_DIR: "/does/not/exist" });
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  expect((await once(child, "close"))[0]).toBe(2);
  expect(stdout()).toBe("");
  expect(stderr()).toMatch(/^panic: the coder provider cannot start: ENOENT.*\n$/);
});

test("over mutual TLS answers its host and nobody else", async () => {
  const [host, stranger] = [makeServerCertificate(Date.now()), makeServerCertificate(Date.now())];
  const child = startPlugin(CODER_PLUGIN, { ...MAGIC_COOKIE, PLUGIN_CLIENT_CERT: host.pem });
  const { line, path } = await handshake(child);
  const der = Buffer.from(line.split("|")[5] ?? "", "base64");
  const serverPem = Buffer.from(`-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`);
  const check = async (credentials: ChannelCredentials) => {
    const options = { "grpc.use_local_subchannel_pool": 1, "grpc.ssl_target_name_override": "localhost" };
    const client = createClient(Health, `unix:${path}`, credentials, options);
    onTestFinished(() => client.close());
    return client.check({ service: "plugin" }, { timeoutMs: 5_000 });
  };
  const as = ({ pem, privateKeyPem }: ServerCertificate) =>
    ChannelCredentials.createSsl(serverPem, Buffer.from(privateKeyPem), Buffer.from(pem));
  await expect(check(as(stranger))).rejects.toMatchObject({ name: "StatusError" });
  await expect(check(ChannelCredentials.createSsl(serverPem))).rejects.toMatchObject({ name: "StatusError" });
  await expect(check(ChannelCredentials.createInsecure())).rejects.toMatchObject({ name: "StatusError" });
  expect(await check(as(host))).toMatchObject({ status: HealthCheckResponse_ServingStatus.SERVING });
});

test("tells what is missing if the project is not installed", async () => {
  await using project = await projectWithPlugin({ files: { "main.tf": MAIN } });
  await project.write("clone/bin/terraform-provider-coder", await readFile(CODER_PLUGIN, "utf8"));
  const child = spawn("sh", [join(project.directory, "clone/bin/terraform-provider-coder")]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  expect((await once(child, "close"))[0]).toBe(1);
  expect(stdout()).toBe("");
  expect(stderr()).toContain("is not installed: run 'npm ci' there");
});

async function handshake(child: { stdout: NodeJS.ReadableStream }): Promise<{ line: string; path: string }> {
  const { value: line } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return { line: String(line), path: String(line).split("|")[3] ?? "" };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
