import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { stateText, textOf } from "#test/contracts/state-text.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { PIECE_BYTES } from "#tfstate/limits.ts";
import type { StateId } from "../ids.ts";
import { putState } from "./put-state.ts";
import { openState, readState, readVersion } from "./read-state.ts";
import { findStateRow, insertStateRow, putPieceRow } from "./rows.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  const { workspace } = await storedWorkspace(world, { access, ownerId: user.id, template });
  const { core } = world;
  /** As the migration moves a state of a server that knew no pieces. */
  const moved = async (text: string): Promise<StateId> => {
    const [id, at] = [core.newId<StateId>(), core.now()];
    const row = { id, workspace_id: workspace.id, status: "named", size_bytes: text.length, piece_count: 1, is_one_seal: true } as const;
    await insertStateRow(core.db, { ...row, created_at: at, updated_at: at });
    const data = core.encryption.seal(`workspace_builds.provisioner_state:${workspace.id}`, Buffer.from(text));
    await putPieceRow(core.db, { state_id: id, piece_index: 0, data });
    return id;
  };
  const rowOf = async (id: StateId) => {
    const row = await findStateRow(core.db, id);
    if (row === undefined) throw new Error("no state");
    return row;
  };
  return { core, workspace, moved, rowOf };
}

test("a state of an older server is read in pieces, and says what it is", async () => {
  const { core, moved } = await open();
  const text = stateText({ serial: 7, lineage: "a", paddingBytes: 2.5 * PIECE_BYTES });
  const id = await moved(text);
  const state = await openState(core, core.db, id);
  expect(await textOf(state)).toBe(text);
  const lengths: number[] = [];
  for await (const piece of state.pieces()) lengths.push(piece.length);
  expect(lengths).toEqual([PIECE_BYTES, PIECE_BYTES, text.length - 2 * PIECE_BYTES]);
  expect(await readVersion(core, core.db, id)).toMatchObject({
    serial: 7,
    lineage: "a",
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test("a state that was stored as it came is scrubbed whenever it is read, and counts as the same state when it comes again", async () => {
  const { core, workspace, moved } = await open();
  const attributes = (token: string) => ({ type: "coder_agent", instances: [{ attributes: { id: "a", token } }] });
  const text = (token: string) => JSON.stringify({ version: 4, serial: 7, lineage: "a", resources: [attributes(token)] });
  const id = await moved(text("pva_stored"));
  const state = await openState(core, core.db, id);
  expect(JSON.parse(await textOf(state))).toEqual(JSON.parse(text("")));
  expect([state.sizeBytes, state.sha256]).toEqual([text("pva_stored").length, null]);
  const again = await core.write((tx) => putState(core, tx, { workspaceId: workspace.id, jobId: null }, Buffer.from(text("pva_stored"))));
  expect(await readVersion(core, core.db, again)).toEqual(await readVersion(core, core.db, id));
});

test("it is superseded like any other, also in its place", async () => {
  const { core, workspace, moved, rowOf } = await open();
  const id = await moved(stateText({ serial: 7 }));
  const next = stateText({ serial: 8, lineage: "a" });
  const old = await rowOf(id);
  expect(await core.write((tx) => putState(core, tx, { workspaceId: workspace.id, jobId: null, old }, Buffer.from(next)))).toBe(id);
  expect((await readState(await openState(core, core.db, id))).toString()).toBe(next);
  expect(await rowOf(id)).toMatchObject({ is_one_seal: false, serial: 8, lineage: "a" });
});

test("what a state says of itself is stored as text that every database takes", async () => {
  const { core, workspace, rowOf } = await open();
  const text = '{"version": 4, "serial": 1e3, "lineage": "a\\u0000\\ud800"}';
  const id = await core.write((tx) => putState(core, tx, { workspaceId: workspace.id, jobId: null }, Buffer.from(text)));
  expect(await rowOf(id)).toMatchObject({ serial: 1_000, lineage: "a\u{FFFD}\u{FFFD}" });
});
