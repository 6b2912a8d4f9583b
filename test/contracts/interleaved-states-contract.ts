import { describe, expect, test } from "vitest";
import type { NewDatabase } from "./databases.ts";
import { interleave, writesTo } from "./interleaved-contract.ts";
import { openStateScene } from "./state-scene.ts";
import { stateText } from "./state-text.ts";

const LINEAGE = "0f0f0f0f-0000-4000-8000-000000000001";
const at = (serial: number) => stateText({ serial, lineage: LINEAGE });
/** A late state is stored, and handed on, before its entry is written. */
const ENTRIES = writesTo("audit_logs");

/** A late state in the midst of what else happens to its workspace, on a database that runs more than one transaction at a time. */
export function interleavedStatesContract(newDatabase: NewDatabase): void {
  const open = async () => {
    const scene = await openStateScene(newDatabase);
    const { jobId } = await scene.take();
    await scene.progress(jobId, at(5));
    await scene.reap();
    return { ...scene, late: () => scene.fail(jobId, { state: Buffer.from(at(7)) }) };
  };
  const allWell = (settled: readonly PromiseSettledResult<unknown>[]) =>
    expect(settled.map(({ status }) => status)).toEqual(settled.map(() => "fulfilled"));

  for (const first of ["late", "next"] as const) {
    test(`a build that is requested ${first === "late" ? "while a state comes" : "before a state comes"} late starts from that state`, async () => {
      const scene = await open();
      const works = { late: scene.late, next: () => scene.next("start") };
      allWell(await interleave(scene, ENTRIES, [works[first], works[first === "late" ? "next" : "late"]]));
      expect(Buffer.from((await scene.take()).state).toString()).toBe(at(7));
    });
  }

  test("a daemon that asks for the next build while a state comes late gets it at once, with that state", async () => {
    const scene = await open();
    await scene.next("start");
    let taking: ReturnType<typeof scene.take> | undefined;
    const ask = async () => {
      taking = scene.take();
      // Long enough to ask, and to find nothing that is not locked.
      await new Promise((resolve) => setTimeout(resolve, 500));
    };
    allWell(await interleave(scene, ENTRIES, [scene.late, ask]));
    expect(Buffer.from((await taking)?.state ?? []).toString()).toBe(at(7));
  });

  describe("of two builds that leave one state at the same time,", () => {
    test("the last one deletes it", async () => {
      const scene = await open();
      await scene.next("start");
      const { jobId } = await scene.take();
      allWell(await interleave(scene, ENTRIES, [scene.late, () => scene.progress(jobId, at(6))]));
      expect(await scene.countStates()).toMatchObject({ states: 2, pieces: 2 });
    });
  });
}
