import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseEvents, readEvents, readWorld } from "./made.ts";
import { templateFiles, VARIANTS, writeWorldPrograms } from "./template.ts";

function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "proviso-world-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a provisioner as Terraform does: in a shell whose parent it is. Here that is this process. */
function provision(world: string, act: "create" | "destroy", id: string): void {
  execFileSync("/bin/sh", ["-c", `act=${act} ws=w1 i=0 id=${id} nap=0; . '${world}/provision.sh'`], { stdio: ["ignore", "pipe", "pipe"] });
}

test("what a provisioner makes exists until it is destroyed, and is told in order", async () => {
  const world = openFolder();
  await writeWorldPrograms(world);
  provision(world, "create", "a");
  provision(world, "create", "b");
  expect(readWorld(world, "w1")).toEqual(new Set(["a", "b"]));
  provision(world, "destroy", "a");
  expect(readWorld(world, "w1")).toEqual(new Set(["b"]));
  expect(readWorld(world, "w2")).toEqual(new Set());
  const told = readEvents(world, "w1").map(({ kind, act, id }) => `${kind} ${act} ${id}`);
  expect(told).toEqual(["begin create a", "end create a", "begin create b", "end create b", "begin destroy a", "end destroy a"]);
  expect(new Set(readEvents(world, "w1").map(({ pid }) => pid))).toEqual(new Set([process.pid]));
});

test("a provisioner tells of another Terraform of its workspace that lives, and not of one that is dead", async () => {
  const world = openFolder();
  await writeWorldPrograms(world);
  const other = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => void other.kill("SIGKILL"));
  writeFileSync(join(world, "w1.pids"), `${other.pid}\n`);
  provision(world, "create", "a");
  expect(readEvents(world, "w1")[0]).toEqual({ kind: "overlap", act: "create", id: "a", pid: process.pid, other: other.pid });
  other.kill("SIGKILL");
  await once(other, "exit");
  provision(world, "destroy", "a");
  expect(readEvents(world, "w1").filter(({ kind }) => kind === "overlap")).toHaveLength(1);
});

test("a line that is still being written is no event yet", () => {
  expect(parseEvents("begin create 0 a 7\nend create 0 a")).toEqual([{ kind: "begin", act: "create", id: "a", pid: 7 }]);
  expect(parseEvents("")).toEqual([]);
});

test("the program that stands for Terraform ignores an interrupt in an apply with the mark, and in nothing else", async () => {
  const world = openFolder();
  const wrapper = await writeWorldPrograms(world);
  // A Terraform that says how it was started.
  writeFileSync(join(world, "terraform"), '#!/bin/sh\ntrap\necho "$@"\n', { mode: 0o755 });
  const run = (...args: string[]) =>
    execFileSync(wrapper, args, { cwd: world, env: { PATH: `${world}:${process.env.PATH}` }, encoding: "utf8" });
  const ignored = (...args: string[]) => {
    const script = `#!/bin/sh\nawk '/^SigIgn/ { print $2 }' /proc/self/status\n`;
    writeFileSync(join(world, "terraform"), script, { mode: 0o755 });
    return (Number.parseInt(run(...args), 16) & 0b10) !== 0;
  };
  expect(run("apply", "plan")).toContain("apply plan");
  expect(ignored("apply")).toBe(false);
  writeFileSync(join(world, "deaf"), "");
  expect(ignored("apply")).toBe(true);
  expect(ignored("plan")).toBe(false);
});

test("every template replaces its resources with a new generation, and has none in a stopped workspace", () => {
  for (const variant of Object.values(VARIANTS)) {
    const files = templateFiles("/world", variant);
    const text = files["main.tf"] ?? "";
    expect(text.match(/^resource "terraform_data"/gm)).toHaveLength(variant.resources);
    expect(text.match(/count {12}= data\.coder_workspace\.me\.start_count/g)).toHaveLength(variant.resources);
    expect(text.match(/triggers_replace = \[data\.coder_parameter\.generation\.value\]/g)).toHaveLength(variant.resources);
    expect(Object.keys(files).toSorted()).toEqual(["main.tf", ...variant.marks].toSorted());
  }
});
