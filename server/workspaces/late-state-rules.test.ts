import { describe, expect, test } from "vitest";
import type { DaemonId } from "../ids.ts";
import { JobId, StateId, WorkspaceBuildId } from "../ids.ts";
import { decideLate, inheritorsOf, type LaterBuild } from "./late-state-rules.ts";

const at = (serial: number | undefined, lineage: string | undefined = "a", sha256 = `${serial} ${lineage}`) => ({
  serial,
  lineage,
  sha256,
});
const nothing = (sha256: string) => ({ serial: undefined, lineage: undefined, sha256 });

describe("a late state", () => {
  for (const { what, stored, late, decision } of [
    { what: "where there is none", stored: undefined, late: at(1), decision: "take" },
    { what: "even one that says nothing, where there is none", stored: undefined, late: nothing("x"), decision: "take" },
    { what: "that is newer", stored: at(1), late: at(2), decision: "take" },
    { what: "that replaces what says nothing", stored: nothing("y"), late: at(2), decision: "take" },
    { what: "that says nothing, in the place of what says nothing", stored: nothing("y"), late: nothing("x"), decision: "take" },
    { what: "that is the same", stored: at(1), late: at(1), decision: "nothing_new" },
    { what: "that is older", stored: at(2), late: at(1), decision: "nothing_new" },
    { what: "of the same serial", stored: at(2), late: at(2, "a", "other"), decision: "keep_beside" },
    { what: "of another lineage", stored: at(2), late: at(3, "b"), decision: "keep_beside" },
    { what: "that says nothing", stored: at(2), late: nothing("x"), decision: "keep_beside" },
  ] as const) {
    test(`${what}: ${decision}`, () => expect(decideLate(stored, late)).toBe(decision));
  }
});

const [OLD, NEW] = [StateId.parse("00000000-0000-4000-8000-00000000000a"), StateId.parse("00000000-0000-4000-8000-00000000000b")];
const DAEMON = "00000000-0000-4000-8000-00000000000d" as DaemonId;

/** A later build that no daemon has had yet. */
const build = (build_number: number, more: Partial<LaterBuild> = {}): LaterBuild => ({
  id: WorkspaceBuildId.parse("00000000-0000-4000-8000-000000000001"),
  job_id: JobId.parse("00000000-0000-4000-8000-000000000002"),
  build_number,
  state_id: OLD,
  state_given: false,
  state_untouched: false,
  worker_id: null,
  ...more,
});

describe("the newer state goes to", () => {
  for (const { what, builds, numbers } of [
    { what: "nobody, where there is no later build", builds: [], numbers: [] },
    { what: "a build that waits", builds: [build(2)], numbers: [2] },
    { what: "no build that a daemon has", builds: [build(2, { worker_id: DAEMON })], numbers: [] },
    {
      what: "builds that ended before they changed anything, and the next one",
      builds: [build(2, { worker_id: DAEMON, state_untouched: true }), build(3)],
      numbers: [2, 3],
    },
    { what: "no build with another state", builds: [build(2, { state_id: NEW })], numbers: [] },
    { what: "no build that was given its state", builds: [build(2, { state_given: true })], numbers: [] },
    { what: "no build after one that worked", builds: [build(2), build(3, { worker_id: DAEMON }), build(4)], numbers: [2] },
  ]) {
    test(what, () => expect(inheritorsOf(builds, OLD).map(({ build_number }) => build_number)).toEqual(numbers));
  }

  test("builds without a state, if the late one is the first", () => {
    const builds = [build(2, { state_id: null }), build(3, { state_id: null, state_given: true })];
    expect(inheritorsOf(builds, null).map(({ build_number }) => build_number)).toEqual([2]);
  });
});
