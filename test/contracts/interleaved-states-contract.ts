import { expect, test } from "vitest";
import type { WorkspaceBuildId } from "#server/ids.ts";
import { dropState } from "#server/states/drop-state.ts";
import { updateBuildRow } from "#server/workspaces/build-job-rows.ts";
import type { NewDatabase } from "./databases.ts";
import { interleave, lockWaits, writesTo } from "./interleaved-contract.ts";
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
    const stateId = await scene.upload(jobId, at(7));
    return { ...scene, late: () => scene.fail(jobId, { stateId }) };
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

  test("a state that two builds leave at the same time is deleted by the last of them", async () => {
    const scene = await open();
    const { core, build } = scene;
    const second = await scene.next("start");
    const { state_id: state } = await core.db
      .selectFrom("workspace_builds")
      .select("state_id")
      .where("id", "=", second.id)
      .executeTakeFirstOrThrow();
    const leave = (id: WorkspaceBuildId, then: () => Promise<void>) =>
      core.write(async (tx) => {
        await updateBuildRow(tx.db, id, { state_id: null });
        await dropState(core, tx, state);
        await then();
      });
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = leave(build.id, async () => {
      reached.resolve();
      await gate.promise;
    });
    await reached.promise;
    let isOver = false;
    const other = leave(second.id, async () => {
      isOver = true;
    });
    await expect.poll(async () => isOver || (await lockWaits(core.db)) > 0, { timeout: 10_000 }).toBe(true);
    gate.resolve();
    await Promise.all([first, other]);
    // The other one has arrived, and waits for its call.
    expect(await scene.countStates()).toEqual({ states: 1, pieces: 1, statuses: ["arrived"] });
  });
}
