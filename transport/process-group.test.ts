import { expect, test } from "vitest";
import { type Kill, signalGroup, signalProcess } from "./process-group.ts";

const running = { pid: 4_711, exitCode: null, signalCode: null };
const onWindows = process.platform === "win32";

/** A system that refuses signals to these ids. */
function refusing(refusals: Readonly<Record<number, string>>) {
  const sent: [number, string][] = [];
  const kill: Kill = (pid, signal) => {
    sent.push([pid, signal]);
    const code = refusals[pid];
    if (code !== undefined) throw Object.assign(new Error(`kill ${code}`), { code });
  };
  return { kill, sent };
}

for (const { when, refusals, leader = running, sent } of [
  { when: "reaches the group by one call", refusals: {}, sent: [-4_711] },
  { when: "is content when all of the group have ended", refusals: { [-4_711]: "ESRCH" }, sent: [-4_711] },
  {
    when: "turns to the child when a member of another user makes the group refuse",
    refusals: { [-4_711]: "EPERM" },
    sent: [-4_711, 4_711],
  },
  { when: "gives up when the child refuses too", refusals: { [-4_711]: "EPERM", 4711: "EPERM" }, sent: [-4_711, 4_711] },
  { when: "is content when the child ended just now", refusals: { [-4_711]: "EPERM", 4711: "ESRCH" }, sent: [-4_711, 4_711] },
  {
    when: "spares the number of a child that has exited",
    refusals: { [-4_711]: "EPERM" },
    leader: { ...running, exitCode: 0 },
    sent: [-4_711],
  },
  {
    when: "spares the number of a child that was killed",
    refusals: { [-4_711]: "EPERM" },
    leader: { ...running, signalCode: "SIGKILL" as const },
    sent: [-4_711],
  },
  { when: "has nobody to reach before a start", refusals: {}, leader: { exitCode: null, signalCode: null }, sent: [] },
]) {
  test.skipIf(onWindows)(`a signal to a group ${when}`, () => {
    const system = refusing(refusals);
    signalGroup(leader, "SIGTERM", system.kill);
    expect(system.sent).toEqual(sent.map((pid) => [pid, "SIGTERM"]));
  });
}

test("a signal to the child alone survives that it has ended, or may not be signaled", () => {
  for (const code of ["ESRCH", "EPERM"]) {
    const system = refusing({ 4711: code });
    signalProcess(running, "SIGINT", system.kill);
    expect(system.sent).toEqual([[4_711, "SIGINT"]]);
  }
});

test("what is wrong with a signal itself is thrown", () => {
  const { kill } = refusing({ [-4_711]: "EINVAL", 4711: "EINVAL" });
  expect(() => signalGroup(running, "SIGTERM", kill)).toThrow("EINVAL");
  expect(() => signalProcess(running, "SIGTERM", kill)).toThrow("EINVAL");
});
