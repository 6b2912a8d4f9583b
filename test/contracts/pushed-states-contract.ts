import { describe, expect, test } from "vitest";
import { StateConflictError } from "#server/errors.ts";
import type { WorkspaceBuild } from "#server/workspaces/build-rows.ts";
import type { NewDatabase } from "./databases.ts";
import { openStateScene } from "./state-scene.ts";
import { stateText } from "./state-text.ts";

const OWN = "0f0f0f0f-0000-4000-8000-000000000001";
const STRANGE = "0f0f0f0f-0000-4000-8000-000000000002";
const own = (serial: number) => stateText({ serial, lineage: OWN });
const strange = (serial: number) => stateText({ serial, lineage: STRANGE });

/** States that people push where none is stored that says whose they are. */
export function pushedStatesContract(newDatabase: NewDatabase): void {
  /** The first build of a workspace waits, and another workspace has been built twice: its first build has left `STRANGE`. */
  const open = async () => {
    const scene = await openStateScene(newDatabase);
    const { asOwner, owner, workspace, take, complete, core } = scene;
    const first = await take();
    const { workspace: other, build: strangeBuild } = await asOwner.workspaces.create({
      ownerId: owner.id,
      templateId: workspace.template_id,
      name: "other",
      parameters: [],
    });
    const buildOther = async (transition: "stop" | "delete", state: string) => {
      await asOwner.builds.create({ workspaceId: other.id, transition });
      await complete((await take()).jobId, { state: Buffer.from(state) });
    };
    await complete((await take()).jobId, { state: Buffer.from(strange(3)) });
    await buildOther("stop", stateText({ serial: 1 }));
    return {
      ...scene,
      first,
      strangeBuild,
      deleteOther: () => buildOther("delete", ""),
      push: (of: WorkspaceBuild, text: string, { force = false } = {}) =>
        asOwner.builds.pushState(of.id, ReadableStream.from([Buffer.from(text)]), { force, onlyLatest: false }),
      idsOfStates: async () => (await core.db.selectFrom("terraform_states").select("id").orderBy("id").execute()).map(({ id }) => id),
    };
  };

  describe("a state that another workspace has, also one of an older build of it,", () => {
    test("is not taken by a build that has none, unless it is forced", async () => {
      const { first, complete, build, push, stateOf, strangeBuild, idsOfStates } = await open();
      await complete(first.jobId, {});
      const before = await idsOfStates();
      for (const serial of [3, 9]) {
        const refused = await push(build, strange(serial)).catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(StateConflictError);
        expect(refused).toMatchObject({
          message: expect.stringContaining(`has lineage "${STRANGE}", as a state of another workspace has`),
        });
      }
      expect([await stateOf(build), await idsOfStates()]).toEqual(["", before]);
      await push(build, strange(9), { force: true });
      expect([await stateOf(build), await stateOf(strangeBuild)]).toEqual([strange(9), strange(3)]);
      // From now on it is the workspace's own.
      await push(build, strange(10));
      expect(await stateOf(build)).toBe(strange(10));
    });

    test("is not taken in the place of what does not say what it is", async () => {
      const { first, complete, build, push, stateOf } = await open();
      await complete(first.jobId, { state: Buffer.from('{"version": 4') });
      await expect(push(build, strange(3))).rejects.toThrow("as a state of another workspace has");
      await push(build, own(1));
      expect(await stateOf(build)).toBe(own(1));
    });

    test("is not taken for one that is missing either", async () => {
      const { first, fail, build, push, stateOf } = await open();
      await fail(first.jobId, { keptFile: "/var/undelivered.tfstate" });
      await expect(push(build, strange(3))).rejects.toThrow("as a state of another workspace has");
      expect(await stateOf(build)).toBe("");
    });

    test("is taken when that workspace is deleted", async () => {
      const { first, complete, build, push, stateOf, deleteOther } = await open();
      await complete(first.jobId, {});
      await deleteOther();
      await push(build, strange(3));
      expect(await stateOf(build)).toBe(strange(3));
    });
  });

  test("a state that was uploaded for another workspace but never named stands in nobody's way", async () => {
    const { first, complete, build, push, stateOf, upload, take, asOwner, strangeBuild } = await open();
    await complete(first.jobId, {});
    await asOwner.builds.create({ workspaceId: strangeBuild.workspace_id, transition: "start" });
    await upload((await take()).jobId, own(1));
    await push(build, own(1));
    expect(await stateOf(build)).toBe(own(1));
  });

  test("where none is stored any more, only the lineage of the workspace's last state is taken, unless it is forced", async () => {
    const { first, complete, take, next, build, push, stateOf } = await open();
    await complete(first.jobId, { state: Buffer.from(own(5)) });
    const second = await next("stop");
    await complete((await take()).jobId, {});
    const unrelated = stateText({ serial: 9 });
    await expect(push(second, unrelated)).rejects.toThrow(`and the last state of an earlier build of this workspace has lineage "${OWN}"`);
    expect(await stateOf(second)).toBe("");
    await push(second, own(2));
    expect([await stateOf(build), await stateOf(second)]).toEqual([own(5), own(2)]);
    await push(second, unrelated, { force: true });
    expect(await stateOf(second)).toBe(unrelated);
  });

  test("a later build's lineage says nothing about an earlier build that has no state", async () => {
    const { first, fail, complete, take, next, build, push, stateOf } = await open();
    await fail(first.jobId);
    await next("start");
    await complete((await take()).jobId, { state: Buffer.from(own(5)) });
    const lost = stateText({ serial: 1 });
    await push(build, lost);
    expect(await stateOf(build)).toBe(lost);
  });

  describe("a missing state is given back without force", () => {
    test("to a workspace that never had one", async () => {
      const { first, fail, next, take, build, push } = await open();
      await fail(first.jobId, { keptFile: "/var/undelivered.tfstate" });
      await expect(next("start")).rejects.toThrow("/var/undelivered.tfstate");
      await push(build, own(1));
      await next("start");
      expect(Buffer.from((await take()).state).toString()).toBe(own(1));
    });

    test("to one whose last state was of another lineage, and is gone", async () => {
      const { first, complete, fail, next, take, push } = await open();
      await complete(first.jobId, { state: Buffer.from(own(5)) });
      await next("stop");
      await complete((await take()).jobId, {});
      const third = await next("start");
      await fail((await take()).jobId, { keptFile: "/var/undelivered.tfstate" });
      const kept = stateText({ serial: 1 });
      await push(third, kept);
      await next("start");
      expect(Buffer.from((await take()).state).toString()).toBe(kept);
    });
  });
}
