import { describe, expect, test } from "vitest";
import { PIECE_BYTES } from "#tfstate/limits.ts";
import type { NewDatabase } from "./databases.ts";
import { openStateScene, type StateScene } from "./state-scene.ts";
import { stateText } from "./state-text.ts";

const LINEAGE = "0f0f0f0f-0000-4000-8000-000000000001";
const OTHER = "0f0f0f0f-0000-4000-8000-000000000002";
const at = (serial: number, more: { note?: string; lineage?: string; paddingBytes?: number } = {}) =>
  stateText({ serial, lineage: LINEAGE, ...more });

/** States that arrive after their job has ended: none is lost, and none overwrites a newer one. */
export function lateStatesContract(newDatabase: NewDatabase): void {
  const open = () => openStateScene(newDatabase);

  /** The first build has left serial 5 when its lease ends. */
  const openReaped = async () => {
    const scene = await open();
    const { jobId } = await scene.take();
    await scene.progress(jobId, at(5));
    await scene.reap();
    return { ...scene, jobId, late: (text: string) => scene.fail(jobId, { state: Buffer.from(text) }) };
  };

  describe("before any later build", () => {
    for (const { what, text, kept, late } of [
      { what: "a newer one", text: at(6), kept: at(6), late: "" },
      { what: "a newer one of many pieces", text: at(6, { paddingBytes: 1.5 * PIECE_BYTES }), kept: undefined, late: "" },
      { what: "an older one", text: at(4), kept: at(5), late: "" },
      { what: "the same one", text: at(5), kept: at(5), late: "" },
      { what: "one of another lineage", text: at(9, { lineage: OTHER }), kept: at(5), late: undefined },
      { what: "one of the same serial that says something else", text: at(5, { note: "x" }), kept: at(5), late: undefined },
      { what: "what is no whole state", text: at(9).slice(0, -1), kept: at(5), late: undefined },
    ]) {
      test(`${what} ${late === undefined ? "is kept beside the build's own" : kept === at(5) ? "changes nothing" : "is taken"}`, async () => {
        const scene = await openReaped();
        await scene.late(text);
        expect(await scene.stateOf(scene.build)).toBe(kept ?? text);
        expect(await scene.stateOf(scene.build, { late: true })).toBe(late ?? text);
        const told = await scene.told(scene.build.job.id);
        if (late !== undefined) expect(told).toEqual([]);
        else expect(told).toEqual([expect.stringMatching(/^warn: .*overwrites nothing.* `proviso state pull olive\/ws --build 1 --late`/)]);
        expect(await scene.countStates()).toMatchObject({ states: late === undefined ? 2 : 1 });
      });
    }

    test("one that is uploaded is taken just so, or deleted if it says nothing new", async () => {
      const scene = await openReaped();
      await scene.fail(scene.jobId, { stateId: await scene.upload(scene.jobId, at(4)) });
      expect([await scene.stateOf(scene.build), (await scene.countStates()).states]).toEqual([at(5), 1]);
      const stateId = await scene.upload(scene.jobId, at(6));
      // As a daemon does whose first call was not answered.
      for (let n = 0; n < 2; n++) await scene.fail(scene.jobId, { stateId });
      expect([await scene.stateOf(scene.build), (await scene.countStates()).states]).toEqual([at(6), 1]);
    });

    test("one that is sent again, because its daemon had no answer, is kept and named once", async () => {
      const scene = await openReaped();
      const [one, two] = [at(9, { lineage: OTHER }), at(5, { note: "x" })];
      for (const text of [one, one, two, one]) await scene.late(text);
      expect(await scene.told(scene.build.job.id)).toHaveLength(2);
      expect(await scene.countStates()).toMatchObject({ states: 3 });
      const stateId = await scene.upload(scene.jobId, two);
      for (let n = 0; n < 2; n++) await scene.fail(scene.jobId, { stateId }).catch(() => {});
      expect(await scene.told(scene.build.job.id)).toHaveLength(2);
      expect(await scene.countStates()).toMatchObject({ states: 3 });
      const entries = (await scene.asOwner.auditLogs.list()).entries.filter(({ additional_fields: more }) => "late_state" in more);
      expect(entries).toHaveLength(2);
    });

    test("one of a completed job is taken, although the completion is refused", async () => {
      const scene = await openReaped();
      await expect(scene.complete(scene.jobId, { state: Buffer.from(at(6)) })).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
      expect(await scene.stateOf(scene.build)).toBe(at(6));
    });

    test("where there was none, any is taken, and what replaces no state at all is too", async () => {
      const scene = await open();
      const { jobId } = await scene.take();
      await scene.reap();
      await scene.fail(jobId, { state: Buffer.from("half a sta") });
      expect(await scene.stateOf(scene.build)).toBe("half a sta");
      await scene.fail(jobId, { state: Buffer.from(at(1)) });
      expect(await scene.stateOf(scene.build)).toBe(at(1));
    });

    test("it leaves an entry in the audit log, under the name of who started the build", async () => {
      const scene = await openReaped();
      await scene.late(at(6));
      const [entry] = (await scene.asOwner.auditLogs.list()).entries;
      expect(entry).toMatchObject({
        action: "write",
        resource_type: "workspace_build",
        resource_id: scene.build.id,
        user_id: scene.owner.id,
      });
      expect(entry?.additional_fields).toMatchObject({ late_state: "stored", state_serial: 6, state_lineage: LINEAGE, build_number: "1" });
    });
  });

  describe("after a later build", () => {
    test("that still waits: that build gets it too, and its log says so", async () => {
      const scene = await openReaped();
      const second = await scene.next("start");
      await scene.late(at(7));
      expect([await scene.stateOf(scene.build), await scene.stateOf(second)]).toEqual([at(7), at(7)]);
      expect(await scene.told(second.job.id)).toEqual([
        `info: The last state of build 1 (serial 7, lineage ${LINEAGE}) arrived only now. This build has it instead of the older one.`,
      ]);
      expect(Buffer.from((await scene.take()).state).toString()).toBe(at(7));
      expect(await scene.countStates()).toMatchObject({ states: 1, pieces: 1 });
    });

    const warning = new RegExp(
      `^warn: The last state of build 1 \\(serial 7, lineage ${LINEAGE}\\) arrived only now.*built without it.*\`proviso state pull olive/ws --build 1\``,
    );

    test("that runs: it is kept as its own build's, and the running one's log names it", async () => {
      const scene = await openReaped();
      const second = await scene.next("start");
      const { jobId } = await scene.take();
      await scene.late(at(7));
      expect([await scene.stateOf(scene.build), await scene.stateOf(second)]).toEqual([at(7), at(5)]);
      expect(await scene.told(second.job.id)).toEqual([expect.stringMatching(warning)]);
      await scene.complete(jobId, { state: Buffer.from(at(6, { note: "second" })) });
      expect([await scene.stateOf(scene.build), await scene.stateOf(second)]).toEqual([at(7), at(6, { note: "second" })]);
    });

    test("that is over: the log of the last one names it, even if that log was full", async () => {
      const scene = await openReaped();
      await scene.next("start");
      await scene.complete((await scene.take()).jobId, { state: Buffer.from(at(6)) });
      const third = await scene.next("stop");
      await scene.complete((await scene.take()).jobId, { state: Buffer.from(at(8)) });
      await scene.core.db.updateTable("provisioner_jobs").set({ logs_overflowed: true }).where("id", "=", third.job.id).execute();
      await scene.late(at(7));
      expect(await scene.told(third.job.id)).toEqual([expect.stringMatching(warning)]);
      expect([await scene.stateOf(scene.build), await scene.stateOf(third)]).toEqual([at(7), at(8)]);
    });

    test("that was canceled before it began, or failed before it changed anything: the next one starts from it", async () => {
      const scene = await openReaped();
      const canceled = await scene.next("start");
      await scene.asOwner.jobs.cancel(canceled.job.id);
      const failed = await scene.next("start");
      await scene.fail((await scene.take()).jobId);
      await scene.late(at(7));
      for (const build of [scene.build, canceled, failed]) expect(await scene.stateOf(build)).toBe(at(7));
      await scene.next("start");
      expect(Buffer.from((await scene.take()).state).toString()).toBe(at(7));
    });

    test("that was lost in its turn: its own late state is not taken for an older one of the first", async () => {
      const scene = await openReaped();
      const second = await scene.next("start");
      const { jobId } = await scene.take();
      await scene.reap();
      await scene.late(at(9));
      expect(await scene.told(second.job.id)).toEqual([expect.stringMatching(/^warn: .*built without it/)]);
      await scene.fail(jobId, { state: Buffer.from(at(6, { note: "second" })) });
      expect([await scene.stateOf(scene.build), await scene.stateOf(second)]).toEqual([at(9), at(6, { note: "second" })]);
    });

    test("that was given a state: that build keeps what it was given", async () => {
      const scene = await openReaped();
      const given = at(2, { lineage: OTHER });
      const second = await scene.next("stop", { state: Buffer.from(given) });
      await scene.late(at(7));
      expect([await scene.stateOf(scene.build), await scene.stateOf(second)]).toEqual([at(7), given]);
      expect(await scene.told(second.job.id)).toEqual([expect.stringMatching(warning)]);
    });

    test("that destroys nothing: if it fails, the next one starts from what came late", async () => {
      const scene = await openReaped();
      await scene.next("delete", { state: new Uint8Array() });
      const { jobId } = await scene.take();
      await scene.late(at(7));
      await scene.fail(jobId, { state: Buffer.from(at(1, { lineage: OTHER })) });
      await scene.next("start");
      expect(Buffer.from((await scene.take()).state).toString()).toBe(at(7));
    });

    test("an older one, or the same, is worth no word", async () => {
      const scene = await openReaped();
      const second = await scene.next("start");
      await scene.take();
      for (const text of [at(4), at(5)]) await scene.late(text);
      expect(await scene.told(second.job.id)).toEqual([]);
      expect(await scene.countStates()).toMatchObject({ states: 1 });
    });

    test("one of another lineage is kept and named, and the later build keeps its own", async () => {
      const scene = await openReaped();
      const second = await scene.next("start");
      await scene.late(at(7, { lineage: OTHER }));
      expect([await scene.stateOf(scene.build), await scene.stateOf(second)]).toEqual([at(5), at(5)]);
      expect(await scene.stateOf(scene.build, { late: true })).toBe(at(7, { lineage: OTHER }));
      expect(await scene.told(second.job.id)).toEqual([expect.stringMatching(/^warn: .*--build 1 --late`/)]);
    });

    test("that deleted the workspace: it is kept, and the log says how to get it without the name", async () => {
      const scene = await openReaped();
      const removal = await scene.next("delete");
      await scene.complete((await scene.take()).jobId, { state: Buffer.from(at(6)) });
      expect(await scene.isDeleted(scene.workspace.id)).toBe(true);
      await scene.late(at(7));
      expect(await scene.stateOf(scene.build)).toBe(at(7));
      expect(await scene.told(removal.job.id)).toEqual([
        expect.stringContaining(
          `The workspace was deleted without it: what it lists may still exist. It is kept: get it with \`proviso state pull ${scene.workspace.id} --build 1\``,
        ),
      ]);
    });
  });

  describe("a state that its daemon keeps in a file", () => {
    const file = "/var/lib/proviso work/undelivered.tfstate";
    const missing = {
      code: "state_missing",
      message: expect.stringMatching(
        /^the state that build 1 left is missing: .* daemon "daemon-1" keeps it in the file \/var\/lib\/proviso work\/undelivered.tfstate\. .*`proviso state push olive\/ws '\/var\/lib\/proviso work\/undelivered.tfstate'`.*--orphan/,
      ),
    };
    const openMissing = async () => {
      const scene = await open();
      const { jobId } = await scene.take();
      await scene.progress(jobId, at(5));
      await scene.fail(jobId, { keptFile: file });
      return { ...scene, jobId };
    };

    test("keeps its workspace from being built, but not from being forgotten", async () => {
      const scene = await openMissing();
      for (const transition of ["start", "stop", "delete"] as const) {
        await expect(scene.next(transition), transition).rejects.toMatchObject(missing);
        await expect(scene.next(transition, { state: Buffer.from(at(9)) }), transition).rejects.toMatchObject(missing);
      }
      await scene.next("delete", { state: new Uint8Array() });
      await scene.complete((await scene.take()).jobId, {});
      expect(await scene.isDeleted(scene.workspace.id)).toBe(true);
    });

    test("is no longer missing once it comes, newer or the same as the server's", async () => {
      for (const serial of [5, 6]) {
        const scene = await openMissing();
        await scene.fail(scene.jobId, { state: Buffer.from(at(serial)) });
        expect(await scene.stateOf(scene.build)).toBe(at(serial));
        await scene.next("start");
      }
    });

    test("is still missing after an older one came", async () => {
      const scene = await openMissing();
      await scene.fail(scene.jobId, { state: Buffer.from(at(4)) });
      await expect(scene.next("start")).rejects.toMatchObject(missing);
    });

    test("may be heard of late: before a later build it is missing, and after one that build says so", async () => {
      const early = await openReaped();
      await early.fail(early.jobId, { keptFile: file });
      await expect(early.next("start")).rejects.toMatchObject(missing);

      const scene: StateScene & { jobId: string } = await openReaped();
      const second = await scene.next("start");
      await scene.take();
      await scene.fail(scene.jobId, { keptFile: file });
      expect(await scene.told(second.job.id)).toEqual([expect.stringContaining(`\`proviso state push olive/ws '${file}' --build 1\``)]);
    });

    test("may be heard of while the next build waits: that one is refused to its daemon, and so is any other, until the state comes", async () => {
      const scene = await openReaped();
      const second = await scene.next("start");
      await scene.fail(scene.jobId, { keptFile: file });
      expect(await scene.told(second.job.id)).toEqual([]);
      await expect(scene.take()).rejects.toMatchObject({
        code: "ABORTED",
        message: expect.stringContaining("the state that build 1 left"),
      });
      const { job_status, error } = await scene.asOwner.jobs.get(second.job.id);
      expect({ job_status, message: error }).toEqual({ job_status: "failed", message: missing.message });
      await expect(scene.next("start")).rejects.toMatchObject(missing);
      await scene.late(at(6));
      const third = await scene.next("start");
      expect(await scene.stateOf(third)).toBe(at(6));
      expect(Buffer.from((await scene.take()).state).toString()).toBe(at(6));
    });

    test("may be heard of after the next build was canceled before it began: the one after it is refused", async () => {
      for (const serial of [5, 6]) {
        const scene = await openReaped();
        const canceled = await scene.next("start");
        await scene.asOwner.jobs.cancel(canceled.job.id);
        await scene.fail(scene.jobId, { keptFile: file });
        await expect(scene.next("start")).rejects.toMatchObject(missing);
        await scene.late(at(serial));
        await scene.next("start");
        expect(Buffer.from((await scene.take()).state).toString()).toBe(at(serial));
      }
    });

    test("may be heard of after the workspace was deleted: what it lists must be destroyed from the file", async () => {
      const scene = await openReaped();
      const removal = await scene.next("delete");
      await scene.complete((await scene.take()).jobId, { state: Buffer.from(at(6)) });
      await scene.fail(scene.jobId, { keptFile: file });
      const told = await scene.told(removal.job.id);
      expect(told).toEqual([expect.stringContaining(`keeps it in ${file}. The workspace was deleted without it`)]);
      expect(told[0]).toMatch(/Destroy it with Terraform from that file/);
      expect(told[0]).not.toContain("proviso state push");
    });

    test("a state in the same call counts, whatever file is named", async () => {
      const scene = await open();
      const { jobId } = await scene.take();
      await scene.fail(jobId, { keptFile: file, state: Buffer.from(at(5)) });
      await scene.next("start");
    });
  });
}
