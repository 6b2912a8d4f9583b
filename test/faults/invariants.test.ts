import { expect, test } from "vitest";
import { type Afterward, checkAfterward, checkObservation, type Observation } from "./invariants.ts";
import type { MadeEvent } from "./made.ts";
import type { TerraformState } from "./terraform-state.ts";

const state = (serial: number, ids: readonly string[], more: Partial<TerraformState> = {}): TerraformState => ({
  lineage: "line",
  serial,
  ids: new Set(ids),
  tainted: new Set(),
  agentTokens: [],
  ...more,
});
const wrote = (...states: readonly TerraformState[]) => states.map((each) => ({ jobDirectory: "job-1", state: each }));
const begin = (id: string): MadeEvent => ({ kind: "begin", act: "create", id, pid: 7 });
const end = (id: string): MadeEvent => ({ kind: "end", act: "create", id, pid: 7 });

/** A killed daemon's job, of which everything was kept. */
const good: Observation = {
  endedAfterMs: 900,
  boundMs: 20_000,
  status: "failed",
  error: "The provisioner daemon d died while it ran this job.",
  isHarmless: false,
  isStarved: false,
  mayLose: undefined,
  seen: wrote(state(3, ["a", "b"])),
  kept: state(3, ["a", "b"]),
  keptBeside: undefined,
  next: undefined,
  events: [begin("a"), end("a"), begin("b"), end("b")],
  atOnce: 1,
  world: new Set(["a", "b"]),
  forgiven: new Set(),
  missing: [],
  writes: { acknowledged: 12, sent: 13, strange: [] },
  written: 12,
  liveTokens: [],
  integrity: "ok",
  leftOver: [],
  stillRunning: [],
};

const rulesOf = (change: Partial<Observation>) => checkObservation({ ...good, ...change }).map(({ rule }) => rule);

test("a run that lost nothing has no violation", () => {
  expect(checkObservation(good)).toEqual([]);
});

for (const { when, rule, change } of [
  { when: "a job does not end", rule: "job-ends", change: { endedAfterMs: undefined, status: undefined } },
  { when: "an acknowledged object is gone", rule: "acknowledged", change: { missing: ["/workspaces/1 (404)"] } },
  { when: "an acknowledged write is undone", rule: "acknowledged", change: { written: 11 } },
  { when: "a value was written by nobody", rule: "acknowledged", change: { written: 14 } },
  { when: "a write gets a strange answer", rule: "acknowledged", change: { writes: { ...good.writes, strange: ["500 {}"] } } },
  {
    when: "Terraform runs on a workspace that another one changes",
    rule: "one-apply",
    change: { events: [{ kind: "overlap", act: "create", id: "a", pid: 7, other: 8 }] },
  },
  { when: "a token outlives its build", rule: "tokens-end", change: { liveTokens: ["the token of the build before"] } },
  { when: "the database is damaged", rule: "database-whole", change: { integrity: "row 3 missing from index" } },
  { when: "a process is left over", rule: "nothing-left-over", change: { leftOver: ["Terraform 7"] } },
  { when: "a job fails because of what must not harm it", rule: "undisturbed", change: { isHarmless: true } },
  { when: "a program does not end when asked", rule: "shutdown-ends", change: { stillRunning: ["server"] } },
] as const satisfies readonly { when: string; rule: string; change: Partial<Observation> }[]) {
  test(`it is a violation if ${when}`, () => expect(rulesOf(change)).toEqual([rule]));
}

test("what must not harm a job may cancel it, and a job that succeeds is as it should be", () => {
  for (const status of ["succeeded", "canceled"]) expect(rulesOf({ isHarmless: true, status })).toEqual([]);
});

test("on a machine that has too much to do, a lease may end for no other reason", () => {
  const error = "the server did not answer for most of the job's lease of 5 s, so the run was ended";
  expect(rulesOf({ isHarmless: true, error, isStarved: true })).toEqual([]);
  expect(rulesOf({ isHarmless: true, error })).toEqual(["undisturbed"]);
  expect(rulesOf({ isHarmless: true, isStarved: true })).toEqual(["undisturbed"]);
});

test("the state that is kept is not older than what Terraform wrote, has its lineage, and all of it", () => {
  expect(rulesOf({ kept: state(2, ["a", "b"]) })).toEqual(["last-state-kept"]);
  expect(rulesOf({ kept: state(3, ["a", "b"], { lineage: "other" }) })).toEqual(["last-state-kept"]);
  expect(rulesOf({ kept: state(3, ["a"]), world: new Set(["a"]) })).toEqual(["last-state-kept"]);
  expect(rulesOf({ kept: undefined, world: new Set() })).toEqual(["last-state-kept"]);
  // It may be newer than what the walk has seen.
  expect(rulesOf({ kept: state(4, ["a", "b"]) })).toEqual([]);
  // A state that Terraform could write only elsewhere has the serial of the one that it could not write.
  expect(rulesOf({ kept: state(3, ["a"]), world: new Set(["a"]), mayLose: "full disk" })).toEqual([]);
  expect(rulesOf({ kept: state(2, ["a", "b"]), mayLose: "full disk" })).toEqual(["last-state-kept"]);
  // Or be kept beside one that does not follow it.
  expect(rulesOf({ kept: state(3, ["x"]), keptBeside: state(3, ["a", "b"]) })).toEqual([]);
  // The last of several states counts, in whatever directory it was seen.
  expect(rulesOf({ seen: wrote(state(4, ["a", "b"]), state(3, ["a"])) })).toEqual(["last-state-kept"]);
});

test("a state that has never held anything need not be kept", () => {
  expect(rulesOf({ seen: wrote(state(1, [])), kept: undefined, world: new Set() })).toEqual([]);
});

test("what exists is in a state: the build's, or that of the next one", () => {
  const world = new Set(["a", "b", "c"]);
  expect(rulesOf({ world })).toEqual(["nothing-unknown"]);
  expect(rulesOf({ world, keptBeside: state(4, ["a", "b", "c"]) })).toEqual([]);
  expect(rulesOf({ world: new Set(["a", "c"]), next: { kept: state(5, ["a", "c"]), log: "" } })).toEqual([]);
  expect(rulesOf({ world, forgiven: new Set(["c"]) })).toEqual([]);
});

test("a build that began without a state that came later says so", () => {
  const log = "The last state of build 1 (serial 3, lineage line) arrived only now, after the job of that build had ended.";
  expect(rulesOf({ next: { kept: state(3, ["a"]), log: "" } })).toEqual(["late-state-told"]);
  expect(rulesOf({ next: { kept: state(3, ["a"]), log } })).toEqual([]);
  expect(rulesOf({ next: { kept: state(4, ["a", "b"]), log: "" } })).toEqual([]);
  // It began with the state, and replaced what was tainted.
  const kept = state(3, ["a", "b"], { tainted: new Set(["b"]) });
  expect(rulesOf({ kept, next: { kept: state(5, ["a", "c"]), log: "" } })).toEqual([]);
  expect(rulesOf({ kept, next: { kept: state(3, ["a"]), log: "" } })).toEqual(["late-state-told"]);
});

test("when Terraform itself is killed, what it had in hand may be unknown, and nothing else", () => {
  const world = new Set(["a", "b", "c"]);
  const events = [...good.events, begin("c")];
  expect(rulesOf({ world, events })).toEqual(["nothing-unknown"]);
  expect(rulesOf({ world, events, mayLose: "killed" })).toEqual([]);
  // Of one resource after another, only the last one can be in hand.
  expect(rulesOf({ world, events: [...events, end("c"), begin("d")], mayLose: "killed" })).toEqual(["nothing-unknown"]);
  expect(rulesOf({ world, events: [...events, begin("d")], atOnce: 10, mayLose: "killed" })).toEqual([]);
  // What Terraform wrote was no longer in hand.
  expect(rulesOf({ events: [begin("a"), begin("b")], kept: state(3, ["a"]), mayLose: "killed" })).toEqual([
    "last-state-kept",
    "nothing-unknown",
  ]);
});

const fine: Afterward = { builds: [{ what: "delete", status: "succeeded", error: "" }], unknown: [], wrongTokens: [], events: [end("a")] };

test("the builds after a fault succeed and leave nothing", () => {
  expect(checkAfterward(fine)).toEqual([]);
  const found = checkAfterward({
    builds: [{ what: "start", status: "failed", error: "it exists" }],
    unknown: [{ id: "a", after: "delete" }],
    wrongTokens: ["the token of the start does not work"],
    events: [{ kind: "overlap", act: "destroy", id: "b", pid: 7, other: 8 }],
  });
  expect(found.map(({ rule }) => rule)).toEqual(["next-build", "nothing-unknown", "tokens-end", "one-apply"]);
  expect(found[0]?.says).toBe("the next start ended as failed: it exists");
});
