/** The agent where something is missing, full or gone: it still runs what it can, says what it cannot, and stays alive. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type AgentProcess, PROGRAMS, startAgent } from "./agent-process.ts";
import { type AgentWorld, openAgentWorld, until } from "./agent-world.ts";

const isRoot = process.getuid?.() === 0;
const environmentOf = (world: AgentWorld) => ({ CODER_AGENT_URL: world.url, CODER_AGENT_TOKEN: world.token });
const outputs = (world: AgentWorld) => world.logs.map((line) => line.output);

/** Whether it is alive is asked of its last report, after an orderly end. */
async function expectAlive(agent: AgentProcess, world: AgentWorld): Promise<void> {
  expect(await agent.end("SIGTERM")).toBe(0);
  expect(world.lifecycle.at(-1)).toBe("off");
}

const LONG = "# padding padding padding\n".repeat(13_000);

test("runs a script and a metadata command that are too long for a command line", async () => {
  await using world = await openAgentWorld({
    scripts: [{ script: `#!/bin/sh\n${LONG}echo ok` }, { script: `#!/usr/bin/env bash\n${LONG}[[ -n $BASH ]] && echo bash` }],
    metadata: [{ key: "long", script: `${LONG}echo 1` }],
  });
  await using agent = await startAgent(environmentOf(world));
  await until("ready", () => world.lifecycle.includes("ready") && world.logs.length === 2 && world.metadata.length > 0);
  expect(outputs(world).toSorted()).toEqual(["bash", "ok"]);
  expect(world.metadata[0]).toMatchObject({ value: "1\n", error: "" });
  await expectAlive(agent, world);
});

test("names the variable that is too long, without its value", async () => {
  await using world = await openAgentWorld({
    scripts: [{ script: "echo hi" }],
    metadata: [{ key: "load", script: "echo 1" }],
    environment: { BIG: "secret".repeat(30_000) },
  });
  await using agent = await startAgent(environmentOf(world));
  await until("the failure", () => world.lifecycle.includes("start_error") && world.logs.length === 1 && world.metadata.length > 0);
  const message = "the environment variable BIG has 180005 bytes, and the system takes at most 131072: put its value into a file";
  expect(outputs(world)).toEqual([`the script could not be started: ${message}`]);
  expect(world.metadata[0]).toMatchObject({ error: `start cmd: ${message}` });
  await expectAlive(agent, world);
});

test("runs in / where neither its home, its folder nor a temporary folder exists", async () => {
  await using world = await openAgentWorld({ scripts: [{ script: "pwd; ls -d $CODER_SCRIPT_DATA_DIR" }], directory: "/etc/passwd" });
  const nowhere = { HOME: "/proc/none", TMPDIR: "/proc/none", CODER_AGENT_LOG_DIR: undefined, CODER_AGENT_SCRIPT_DATA_DIR: undefined };
  await using agent = await startAgent({ ...environmentOf(world), ...nowhere });
  await until("ready", () => world.lifecycle.includes("ready") && world.logs.length === 3);
  expect(outputs(world)).toEqual([
    expect.stringContaining("cannot write a copy of this log: ENOENT"),
    "/",
    expect.stringMatching(/^\/dev\/shm\/coder-script-data/),
  ]);
  await rm(outputs(world)[2] ?? "", { recursive: true });
  await expectAlive(agent, world);
});

for (const { name, command } of PROGRAMS) {
  test(`${name} outlives whoever reads its output`, async () => {
    await using world = await openAgentWorld({ scripts: [{ script: "while [ ! -e $HOME/go-on ]; do sleep 0.05; done; echo on" }] });
    await using agent = await startAgent(environmentOf(world), { command });
    await until("it starts", () => world.lifecycle.includes("starting"));
    agent.stopListening();
    await writeFile(join(agent.directory, "go-on"), "");
    await until("ready", () => world.lifecycle.includes("ready") && world.logs.length === 1);
    await expectAlive(agent, world);
  });
}

test("outlives a full disk, also as the place of its output", async () => {
  await using world = await openAgentWorld({ scripts: [{ script: "echo on", logPath: "/dev/full" }] });
  await using agent = await startAgent(environmentOf(world), {
    command: ["/bin/sh", "-c", 'exec "$0" "$@" >/dev/full 2>&1', process.execPath, join(import.meta.dirname, "../../agent/main.ts")],
  });
  await until("ready", () => world.lifecycle.includes("ready") && world.logs.length === 2);
  expect(outputs(world).toSorted()).toEqual([expect.stringContaining("cannot write a copy of this log: ENOSPC"), "on"]);
  await expectAlive(agent, world);
});

for (const { what, options } of [
  { what: "is full", options: "size=4k" },
  { what: "has no room for another folder", options: "nr_inodes=1" },
  { what: "lets nobody execute anything", options: "noexec" },
  { what: "is read-only", options: "ro" },
]) {
  // Only root can mount a file system.
  test.skipIf(!isRoot)(`runs scripts of any size on a file system that ${what}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "agent-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", `mode=1777,${options}`, "tmpfs", folder]);
    onTestFinished(async () => {
      execFileSync("umount", ["-l", folder]);
      await rm(folder, { recursive: true });
    });
    await using world = await openAgentWorld({ scripts: [{ script: `${LONG}echo on; head -c 100000 /dev/zero | tr '\\0' '\\n'` }] });
    const there = { HOME: folder, TMPDIR: folder, CODER_AGENT_LOG_DIR: folder, CODER_AGENT_SCRIPT_DATA_DIR: folder };
    await using agent = await startAgent({ ...environmentOf(world), ...there });
    await until("ready", () => world.lifecycle.includes("ready") && outputs(world).includes("on"));
    await expectAlive(agent, world);
  });
}
