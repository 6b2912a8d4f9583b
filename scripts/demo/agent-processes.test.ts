import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { endAgentProcesses, findAgentProcesses, isRunning } from "./agent-processes.ts";

/** A folder in which the example's scripts have noted these processes. */
function noted(pids: Readonly<Record<string, number | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "proviso-agent-processes-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, pid] of Object.entries(pids)) {
    mkdirSync(join(folder, "proviso-agents-1000", "demo", name), { recursive: true });
    writeFileSync(join(folder, "proviso-agents-1000", "demo", name, "pid"), `${pid}\n`);
  }
  return folder;
}

test("finds the agents by their notes, and ends them with their groups, whatever else is noted", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
  const ended = once(child, "exit");
  const pid = child.pid ?? 0;
  expect(isRunning(pid)).toBe(true);
  const folder = noted({ helper: pid, unreadable: "none", everybody: -1, gone: 2 ** 30 });
  expect(findAgentProcesses(folder).find(({ name }) => name === "helper")).toEqual({ name: "helper", pid });
  endAgentProcesses(folder);
  expect(await ended).toEqual([null, "SIGKILL"]);
  expect(isRunning(pid)).toBe(false);
});

test("a folder without notes has no agents", () => expect(findAgentProcesses(noted({}))).toEqual([]));
