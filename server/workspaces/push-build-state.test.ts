import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { stateText, textOf } from "#test/contracts/state-text.ts";
import { endJob, storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { PIECE_BYTES } from "#tfstate/limits.ts";
import { BuildActiveError, ForbiddenError, InvalidInputError, NotFoundError, StateConflictError, StateMissingError } from "../errors.ts";
import { updateBuildRow } from "./build-job-rows.ts";
import { createBuild } from "./create-build.ts";
import { type PushOptions, pushBuildState } from "./push-build-state.ts";
import { getBuildState } from "./read-build-state.ts";

const LINEAGE = "0f0f0f0f-0000-4000-8000-000000000001";
const at = (serial: number, more: { lineage?: string; note?: string; paddingBytes?: number } = {}) =>
  stateText({ serial, lineage: LINEAGE, ...more });

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  const { workspace, build } = await storedWorkspace(world, { access, ownerId: user.id, template });
  const owner = world.owner.access;
  const { core } = world;
  const push = (text: string, options: Partial<PushOptions> = {}, of = build, as = owner) => {
    const body = async function* () {
      // As HTTP delivers it: in parts of any length.
      const bytes = Buffer.from(text);
      for (let from = 0; from < bytes.length; from += 64_000) yield bytes.subarray(from, from + 64_000);
    };
    return pushBuildState(as, of.id, body(), { force: false, onlyLatest: false, ...options });
  };
  const stored = async (of = build) => textOf(await getBuildState(owner, of.id));
  const countStates = async () => (await core.db.selectFrom("terraform_states").select("id").execute()).length;
  await push(at(5));
  await world.entries();
  return { world, core, owner, access, workspace, build, push, stored, countStates };
}

test("a newer state takes the place of the stored one, and the next build starts from it", async () => {
  const { push, stored, owner, workspace, countStates, world, build } = await open();
  const larger = at(6, { paddingBytes: 2.5 * PIECE_BYTES });
  await push(larger);
  expect([await stored(), await countStates()]).toEqual([larger, 1]);
  const [entry, ...others] = await world.entries();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ action: "write", resource_type: "workspace_build", resource_id: build.id, user_id: world.owner.user.id });
  expect(entry?.diff).toEqual({ state_id: { old: expect.any(String), new: expect.any(String), secret: false } });
  expect(entry?.additional_fields).toMatchObject({
    pushed_state: "stored",
    state_serial: 6,
    state_lineage: LINEAGE,
    state_bytes: larger.length,
  });
  const next = await createBuild(owner, { workspaceId: workspace.id, transition: "start" });
  expect(await stored(next)).toBe(larger);
});

test("the same bytes change nothing, and leave no entry", async () => {
  const { push, stored, countStates, world } = await open();
  await push(at(5));
  expect([await stored(), await countStates(), await world.entries()]).toEqual([at(5), 1, []]);
});

describe("refused, with nothing stored:", () => {
  for (const { what, text, error, message } of [
    { what: "an older state", text: at(4), error: StateConflictError, message: "has serial 4, and the stored state of build 1 is newer" },
    { what: "another one of the same serial", text: at(5, { note: "x" }), error: StateConflictError, message: "but other contents" },
    { what: "one of another lineage", text: at(9, { lineage: "b" }), error: StateConflictError, message: 'has lineage "b"' },
    { what: "one that is cut off", text: at(9).slice(0, -2), error: InvalidInputError, message: "was cut off" },
    {
      what: "one whose members were sorted",
      text: JSON.stringify({ ...JSON.parse(at(9)), resources: [{ instances: [], mode: "managed", name: "a", type: "vault_token" }] }),
      error: InvalidInputError,
      message: "lists a resource's instances before its type",
    },
    { what: "nothing", text: "", error: InvalidInputError, message: "it is empty" },
  ]) {
    test(what, async () => {
      const { push, stored, countStates, world } = await open();
      await expect(push(text)).rejects.toThrow(error);
      await expect(push(text)).rejects.toThrow(message);
      expect([await stored(), await countStates(), await world.entries()]).toEqual([at(5), 1, []]);
    });
  }

  test("a body that breaks off", async () => {
    const { owner, build, stored, countStates } = await open();
    const body = async function* () {
      yield Buffer.from(at(6, { paddingBytes: 2 * PIECE_BYTES })).subarray(0, 1.5 * PIECE_BYTES);
      throw new Error("the caller left");
    };
    const push = pushBuildState(owner, build.id, body(), { force: true, onlyLatest: false });
    await expect(push).rejects.toThrow("the caller left");
    expect([await stored(), await countStates()]).toEqual([at(5), 1]);
  });
});

test("force overrules lineage and serial, and the audit log says so; what is no state stays refused", async () => {
  const { push, stored, world } = await open();
  for (const text of [at(4), at(4, { note: "x" }), at(1, { lineage: "b" })]) {
    await push(text, { force: true });
    expect(await stored()).toBe(text);
  }
  expect((await world.entries()).map(({ additional_fields }) => additional_fields.pushed_state)).toEqual(["forced", "forced", "forced"]);
  await expect(push("{}", { force: true })).rejects.toThrow("has no format version");
});

test("a running build's state is its daemon's; that of an older build can be pushed by its number, but not as the latest", async () => {
  const { push, stored, owner, workspace, world, build } = await open();
  const next = await createBuild(owner, { workspaceId: workspace.id, transition: "stop" });
  await expect(push(at(6), {}, next)).rejects.toThrow(BuildActiveError);
  await endJob(world, next.job.id);
  const outdated = push(at(6), { onlyLatest: true });
  await expect(outdated).rejects.toThrow("build 1 is no longer the latest one of its workspace: build 2 is");
  await push(at(6));
  expect([await stored(build), await stored(next)]).toEqual([at(6), at(5)]);
  await push(at(7), { onlyLatest: true }, next);
  expect([await stored(build), await stored(next)]).toEqual([at(6), at(7)]);
});

test("a state of a deleted workspace is not taken", async () => {
  const { push, core, countStates } = await open();
  await core.db.updateTable("workspaces").set({ deleted: true }).execute();
  await expect(push(at(6))).rejects.toThrow("the workspace was deleted");
  expect(await countStates()).toBe(1);
});

test("a missing state that is pushed is no longer missing, even if the server turns out to have had it", async () => {
  for (const serial of [5, 6]) {
    const { push, core, owner, workspace, build, world } = await open();
    await core.write((tx) => updateBuildRow(tx.db, build.id, { missing_state_file: "/tmp/a", missing_state_daemon: "far" }));
    const start = () => createBuild(owner, { workspaceId: workspace.id, transition: "start" });
    await expect(start()).rejects.toThrow(StateMissingError);
    await expect(push(at(4))).rejects.toThrow(StateConflictError);
    await expect(start()).rejects.toThrow(StateMissingError);
    await world.entries();
    await push(at(serial));
    const [entry] = await world.entries();
    expect(entry?.diff).toMatchObject({ missing_state_file: { old: "/tmp/a", new: null } });
    await expect(start()).resolves.toMatchObject({ build_number: 2 });
  }
});

test("needs the same right as reading it", async () => {
  const { push, access, build, world } = await open();
  await expect(push(at(6), {}, build, access)).rejects.toThrow(ForbiddenError);
  await expect(push(at(6), {}, build, (await world.person("mona")).access)).rejects.toThrow(NotFoundError);
});
