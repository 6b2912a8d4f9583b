import { createHash, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { sweepStates } from "#server/states/sweep.ts";
import { openStateUpload } from "#server/states/upload-state.ts";
import { PIECE_BYTES, STATE_LIMIT_BYTES } from "#tfstate/limits.ts";
import type { NewDatabase } from "./databases.ts";
import { openStateScene } from "./state-scene.ts";
import { stateText } from "./state-text.ts";

const HOUR_MS = 3_600_000;
const NEVER = new AbortController().signal;

/** Terraform's states: how they come, where they are, and how they go. */
export function statesContract(newDatabase: NewDatabase): void {
  const open = () => openStateScene(newDatabase);
  const large = stateText({ serial: 3, paddingBytes: 5.5 * PIECE_BYTES });

  test("a large state goes up in pieces, is the build's once a call names it, and comes down to the next build's daemon", async () => {
    const { upload, download, take, complete, next, stateOf, build, core, countStates } = await open();
    const { jobId, state, stateSize } = await take();
    expect({ bytes: state.length, stateSize }).toEqual({ bytes: 0, stateSize: 0n });
    const stateId = await upload(jobId, large);
    expect(await stateOf(build)).toBe("");
    await complete(jobId, { stateId });
    expect(await stateOf(build)).toBe(large);
    expect(await countStates()).toEqual({ states: 1, pieces: 6, statuses: ["named"] });
    const [row] = await core.db.selectFrom("terraform_states").selectAll().execute();
    expect(row).toMatchObject({ id: stateId, job_id: jobId, size_bytes: large.length, serial: 3, is_one_seal: false });

    const second = await next("stop");
    const taken = await take();
    expect(taken).toMatchObject({ workspaceBuildId: second.id, stateSize: BigInt(large.length) });
    expect(taken.state).toHaveLength(0);
    expect(Buffer.from(await download(taken.jobId)).toString()).toBe(large);
    // The second build has the first one's state, not a copy of it.
    expect(await countStates()).toMatchObject({ states: 1, pieces: 6 });
  });

  test("a piece opens only in its own place", async () => {
    const { upload, take, complete, stateOf, build, core } = await open();
    const { jobId } = await take();
    await complete(jobId, { stateId: await upload(jobId, stateText({ serial: 1, paddingBytes: 3 * PIECE_BYTES })) });
    const pieces = core.db.updateTable("terraform_state_pieces");
    const first = await core.db.selectFrom("terraform_state_pieces").selectAll().where("piece_index", "=", 0).executeTakeFirstOrThrow();
    expect(first.data.length).toBe(PIECE_BYTES + 37);
    await pieces.set({ data: first.data }).where("piece_index", "=", 1).execute();
    await expect(stateOf(build)).rejects.toThrow("was sealed for another purpose");
    await core.db.deleteFrom("terraform_state_pieces").where("piece_index", "=", 1).execute();
    await expect(stateOf(build)).rejects.toThrow("piece 1 of Terraform state");
    await core.db.updateTable("terraform_states").set({ piece_count: 1 }).execute();
    await expect(stateOf(build)).rejects.toThrow("is damaged");
  });

  test("a daemon that downloads no states gets a large one with its job", async () => {
    const { upload, take, complete, next, daemon } = await open();
    const { jobId } = await take();
    await complete(jobId, { stateId: await upload(jobId, large) });
    await next("stop");
    const taken = await take(daemon({ name: "old", downloadsStates: false }));
    expect(taken.stateSize).toBe(0n);
    expect(Buffer.from(taken.state).toString()).toBe(large);
  });

  test("a small state comes with its job, and several pieces of up to 4 MiB do too", async () => {
    const { upload, take, complete, next } = await open();
    const { jobId } = await take();
    const medium = stateText({ serial: 3, paddingBytes: 3.5 * PIECE_BYTES });
    await complete(jobId, { stateId: await upload(jobId, medium) });
    await next("stop");
    const taken = await take();
    expect({ text: Buffer.from(taken.state).toString(), size: taken.stateSize }).toEqual({ text: medium, size: 0n });
  });

  describe("an upload is refused and leaves nothing if", () => {
    const state = Buffer.from(stateText({ serial: 1, paddingBytes: 1.5 * PIECE_BYTES }));
    const sha256 = createHash("sha256").update(state).digest();
    const announce = (more: { jobId?: string; size?: bigint; sha256?: Uint8Array } = {}) => ({
      type: { case: "announcement" as const, value: { size: BigInt(state.length), sha256, ...more } },
    });
    const data = (value: Uint8Array) => ({ type: { case: "data" as const, value } });
    const [head, tail] = [data(state.subarray(0, PIECE_BYTES)), data(state.subarray(PIECE_BYTES))];
    for (const { what, pieces, message } of [
      { what: "nothing is sent", pieces: () => [], message: "before the state was announced" },
      { what: "a piece comes first", pieces: () => [head], message: "a piece arrived before its state was announced" },
      { what: "it is announced twice", pieces: (jobId: string) => [announce({ jobId }), announce({ jobId })], message: "announced twice" },
      { what: "a message is empty", pieces: (jobId: string) => [announce({ jobId }), {}], message: "a message is empty" },
      { what: "it ends early", pieces: (jobId: string) => [announce({ jobId }), head], message: "the upload ended after 1048576 bytes" },
      { what: "more comes", pieces: (jobId: string) => [announce({ jobId }), head, tail, tail], message: "more than the announced" },
      {
        what: "a piece is too large",
        pieces: (jobId: string) => [announce({ jobId }), data(state)],
        message: "a piece may have at most 1048576 bytes",
      },
      {
        what: "its bytes are others",
        pieces: (jobId: string) => [announce({ jobId, sha256: Buffer.alloc(32) }), head, tail],
        message: "does not match the announced hash",
      },
      {
        what: "its hash is none",
        pieces: (jobId: string) => [announce({ jobId, sha256: Buffer.alloc(3) })],
        message: "must have 32 bytes",
      },
      {
        what: "it is too large",
        pieces: (jobId: string) => [announce({ jobId, size: BigInt(STATE_LIMIT_BYTES) + 1n })],
        message: "between 1 and 1073741824 bytes",
      },
      { what: "it is empty", pieces: (jobId: string) => [announce({ jobId, size: 0n })], message: "between 1 and" },
    ]) {
      test(what, async () => {
        const { take, one, countStates } = await open();
        const { jobId } = await take();
        const messages = async function* () {
          yield* pieces(jobId);
        };
        const refused = await one.client.uploadState(messages(), one.options).catch((error: unknown) => error);
        expect(refused).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) });
        expect(await countStates()).toMatchObject({ states: 0, pieces: 0 });
      });
    }

    test("its bytes are others, and many: the sweep deletes them a few pieces at a time", async () => {
      const { take, one, countStates, core } = await open();
      const { jobId } = await take();
      const messages = async function* () {
        yield announce({ jobId, size: BigInt(17 * PIECE_BYTES) });
        for (let n = 0; n < 17; n++) yield head;
      };
      await expect(one.client.uploadState(messages(), one.options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      expect(await countStates()).toEqual({ states: 1, pieces: 17, statuses: ["dropped"] });
      expect(await sweepStates(core, NEVER)).toBe(1);
      expect(await countStates()).toMatchObject({ states: 0, pieces: 0 });
    });

    test("its daemon leaves in the middle", async () => {
      const { take, one, countStates, core } = await open();
      const { jobId } = await take();
      const leave = new AbortController();
      const messages = async function* () {
        yield announce({ jobId });
        yield head;
        await new Promise<void>((resolve) => leave.signal.addEventListener("abort", () => resolve()));
      };
      const call = one.client.uploadState(messages(), { ...one.options, signal: leave.signal });
      const arrived = async () => (await countStates()).pieces === 1;
      while (!(await arrived())) await new Promise((resolve) => setTimeout(resolve, 10));
      leave.abort();
      await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
      while ((await core.db.selectFrom("terraform_states").select("id").execute()).length > 0)
        await new Promise((resolve) => setTimeout(resolve, 10));
    });
  });

  test("a state goes up only for a job that the daemon holds or held, and down only for one that it holds", async () => {
    const { take, upload, download, daemon, reap, complete, next } = await open();
    const other = daemon({ name: "other" });
    const { jobId } = await take();
    const foreign = { code: "PERMISSION_DENIED", message: `job ${jobId} is not held by this daemon` };
    await expect(upload(jobId, "{}", other)).rejects.toMatchObject(foreign);
    await expect(download(jobId, other)).rejects.toMatchObject(foreign);
    await expect(upload(randomUUID(), "{}")).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    await expect(download(jobId)).rejects.toMatchObject({ code: "NOT_FOUND", message: `job ${jobId} starts without a state` });
    await complete(jobId, { state: Buffer.from("{}") });
    await next("stop");
    const second = await take();
    expect(Buffer.from(await download(second.jobId)).toString()).toBe("{}");
    await reap();
    await expect(download(second.jobId)).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    expect(await upload(second.jobId, "{}")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("a call that names a state which was not uploaded for its job is refused, and the job goes on", async () => {
    const { take, upload, complete, fail, next, one, asOwner, build, stateOf } = await open();
    const first = await take();
    const used = await upload(first.jobId, stateText({ serial: 1 }));
    const refused = { code: "FAILED_PRECONDITION", message: expect.stringContaining("was not uploaded for this job") };
    for (const stateId of [randomUUID(), "no-id"]) {
      await expect(complete(first.jobId, { stateId })).rejects.toMatchObject(refused);
      await expect(fail(first.jobId, { stateId })).rejects.toMatchObject(refused);
      const update = one.client.updateJob({ jobId: first.jobId, workspaceBuildStateId: stateId }, one.options);
      await expect(update).rejects.toMatchObject(refused);
    }
    expect((await asOwner.jobs.get(build.job.id)).job_status).toBe("running");
    await complete(first.jobId, { stateId: used });
    await next("stop");
    const second = await take();
    await expect(fail(second.jobId, { stateId: used })).rejects.toMatchObject(refused);
    const failed = stateText({ serial: 2 });
    await fail(second.jobId, { stateId: await upload(second.jobId, failed) });
    expect(await stateOf(build)).not.toBe(failed);
  });

  test("an upload that nothing names is deleted after an hour, and what is named stays", async () => {
    const { take, upload, one, core, clock, countStates } = await open();
    const { jobId } = await take();
    const named = await upload(jobId, stateText({ serial: 1 }));
    await one.client.updateJob({ jobId, workspaceBuildStateId: named }, one.options);
    await upload(jobId, stateText({ serial: 2, paddingBytes: 2 * PIECE_BYTES }));
    clock.advance(HOUR_MS);
    expect(await sweepStates(core, NEVER)).toBe(0);
    clock.advance(1);
    expect(await sweepStates(core, NEVER)).toBe(1);
    expect(await countStates()).toEqual({ states: 1, pieces: 1, statuses: ["named"] });
    await expect(one.client.updateJob({ jobId, workspaceBuildStateId: randomUUID() }, one.options)).rejects.toThrow("was not uploaded");
  });

  test("an upload that nothing named is dropped when its job sends another one", async () => {
    const { take, upload, complete, one, core, build, stateOf, countStates } = await open();
    const { jobId } = await take();
    const named = await upload(jobId, stateText({ serial: 1 }));
    await one.client.updateJob({ jobId, workspaceBuildStateId: named }, one.options);
    const forgotten = await upload(jobId, stateText({ serial: 2 }));
    const text = stateText({ serial: 3 });
    const last = await upload(jobId, text);
    expect((await countStates()).statuses.sort()).toEqual(["arrived", "dropped", "named"]);
    await expect(complete(jobId, { stateId: forgotten })).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    expect(await sweepStates(core, NEVER)).toBe(1);
    await complete(jobId, { stateId: last });
    expect(await stateOf(build)).toBe(text);
    expect(await countStates()).toMatchObject({ states: 1, statuses: ["named"] });
  });

  test("an upload that the sweep has dropped takes nothing more, and does not come back", async () => {
    const { workspace, core, clock, countStates } = await open();
    for (const step of ["add", "finish"] as const) {
      await using upload = await openStateUpload(core, { workspaceId: workspace.id, jobId: null });
      await upload.add(Buffer.alloc(PIECE_BYTES));
      clock.advance(HOUR_MS + 1);
      await core.db.updateTable("terraform_states").set({ status: "dropped" }).execute();
      const late = step === "add" ? upload.add(Buffer.alloc(PIECE_BYTES)) : upload.finish(() => {});
      await expect(late, step).rejects.toMatchObject({ name: "StateUploadExpiredError" });
      expect(await countStates(), step).toEqual({ states: 1, pieces: 1, statuses: ["dropped"] });
      expect(await sweepStates(core, NEVER)).toBe(1);
      if (step === "add")
        await expect(
          upload.finish(() => {}),
          "gone",
        ).rejects.toMatchObject({ name: "StateUploadExpiredError" });
    }
    expect(await countStates()).toMatchObject({ states: 0, pieces: 0 });
  });

  test("a small state of a running build is overwritten in its place, and its predecessor's stays as it was", async () => {
    const { take, progress, complete, next, stateOf, build, countStates, core } = await open();
    const lineage = randomUUID();
    const at = (serial: number) => stateText({ serial, lineage });
    const first = await take();
    const ids = async () => (await core.db.selectFrom("terraform_states").select("id").orderBy("id").execute()).map(({ id }) => id);
    await progress(first.jobId, at(1));
    const [own] = await ids();
    for (const serial of [2, 3, 4]) await progress(first.jobId, at(serial));
    expect(await ids()).toEqual([own]);
    await complete(first.jobId, { state: Buffer.from(at(5)) });
    expect(await stateOf(build)).toBe(at(5));

    const second = await next("stop");
    const { jobId } = await take();
    await progress(jobId, at(6));
    await progress(jobId, at(7));
    expect([await stateOf(build), await stateOf(second)]).toEqual([at(5), at(7)]);
    expect(await countStates()).toMatchObject({ states: 2, pieces: 2 });
    await complete(jobId, {});
    expect([await stateOf(build), await stateOf(second)]).toEqual([at(5), ""]);
    expect(await countStates()).toMatchObject({ states: 1, pieces: 1 });
  });

  test("a small state that is stored again changes no row of its build, and none at all if it says the same", async () => {
    const { take, progress, core, clock } = await open();
    const { jobId } = await take();
    const rows = async () => ({
      builds: await core.db.selectFrom("workspace_builds").selectAll().execute(),
      states: await core.db.selectFrom("terraform_states").selectAll().execute(),
      pieces: await core.db.selectFrom("terraform_state_pieces").selectAll().execute(),
    });
    await progress(jobId, stateText({ serial: 1, lineage: "a" }));
    const first = await rows();
    clock.advance(1);
    await progress(jobId, stateText({ serial: 2, lineage: "a" }));
    const second = await rows();
    expect(second.builds).toEqual(first.builds);
    expect(second.states).toEqual([{ ...first.states[0], serial: 2, sha256: expect.anything(), updated_at: clock.now() }]);
    expect(second.pieces).not.toEqual(first.pieces);
    clock.advance(1);
    await progress(jobId, stateText({ serial: 2, lineage: "a" }));
    expect(await rows()).toEqual(second);
  });

  describe("a delete that destroys nothing", () => {
    for (const { how, end } of [
      { how: "is canceled while it waits", end: "cancel" },
      { how: "fails", end: "fail" },
    ] as const) {
      test(`gets no state, and leaves the workspace what it had if it ${how}`, async () => {
        const { take, complete, progress, fail, next, stateOf, asOwner } = await open();
        const text = stateText({ serial: 3 });
        await complete((await take()).jobId, { state: Buffer.from(text) });
        const orphan = await next("delete", { state: new Uint8Array() });
        if (end === "cancel") await asOwner.jobs.cancel(orphan.job.id);
        else {
          const taken = await take();
          expect([taken.state.length, taken.stateSize, taken.hasApplied]).toEqual([0, 0n, false]);
          const empty = stateText({ serial: 1 });
          await progress(taken.jobId, empty);
          await fail(taken.jobId, { state: Buffer.from(empty) });
        }
        expect(await stateOf(orphan)).toBe(text);
        await next("start");
        expect(Buffer.from((await take()).state).toString()).toBe(text);
      });
    }

    test("does not make anybody forget that the last state is missing", async () => {
      const { take, fail, next, asOwner } = await open();
      await fail((await take()).jobId, { keptFile: "/var/undelivered.tfstate" });
      await expect(next("start")).rejects.toThrow("/var/undelivered.tfstate");
      const orphan = await next("delete", { state: new Uint8Array() });
      await asOwner.jobs.cancel(orphan.job.id);
      await expect(next("start")).rejects.toThrow("/var/undelivered.tfstate");
    });
  });

  test("superseded states are deleted at once, large ones a few pieces at a time", async () => {
    const { take, upload, one, countStates, core } = await open();
    const { jobId } = await take();
    const store = async (serial: number, pieces: number) => {
      const workspaceBuildStateId = await upload(jobId, stateText({ serial, paddingBytes: (pieces - 0.5) * PIECE_BYTES }));
      await one.client.updateJob({ jobId, workspaceBuildStateId }, one.options);
    };
    await store(1, 2);
    await store(2, 17);
    expect(await countStates()).toEqual({ states: 1, pieces: 17, statuses: ["named"] });
    await store(3, 1);
    expect(await countStates()).toMatchObject({ states: 2, statuses: expect.arrayContaining(["named", "dropped"]) });
    expect(await sweepStates(core, NEVER)).toBe(1);
    expect(await countStates()).toEqual({ states: 1, pieces: 1, statuses: ["named"] });
  });
}
