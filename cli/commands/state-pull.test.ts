import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BUILD, WORKSPACE } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";
import { stateText } from "#test/contracts/state-text.ts";

const STATE = stateText({ serial: 8, paddingBytes: 3_000_000 });
const OLDER = { ...BUILD, id: "55555555-0000-4000-8000-000000000001", build_number: 1 };
const ANSWERS = {
  "GET /users/me/workspace/dev": WORKSPACE,
  [`GET /workspaces/${WORKSPACE.id}`]: WORKSPACE,
  [`GET /workspaces/${WORKSPACE.id}/builds`]: [OLDER],
  [`GET /workspacebuilds/${BUILD.id}/state`]: Buffer.from(STATE),
  [`GET /workspacebuilds/${OLDER.id}/state`]: Buffer.from("{}"),
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proviso-pull-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("prints the latest build's state, and nothing else", async () => {
  await using api = await startFakeApi(ANSWERS);
  expect(await api.run(["state", "pull", "dev"])).toEqual({ code: 0, stdout: STATE, stderr: "" });
});

test("writes a file that only its owner can read, in the place of an older one, and tells what is in it", async () => {
  await using api = await startFakeApi(ANSWERS);
  const file = join(folder, "dev.tfstate");
  await writeFile(file, "old", { mode: 0o644 });
  const run = await api.run(["state", "pull", "dev", "dev.tfstate"], { cwd: folder });
  expect(run).toEqual({ code: 0, stdout: `Wrote the state of build 3 to ${file}: serial 8, 2.9 MiB\n`, stderr: "" });
  expect(await readFile(file, "utf8")).toBe(STATE);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["dev.tfstate"]);
});

test("finds a build by its number, also of a deleted workspace that is named by its ID", async () => {
  await using api = await startFakeApi(ANSWERS);
  expect(await api.run(["state", "pull", WORKSPACE.id, "--build", "1"])).toMatchObject({ code: 0, stdout: "{}" });
  expect(api.queryOf(`GET /workspaces/${WORKSPACE.id}`)).toEqual({ include_deleted: "true" });
  expect(api.queryOf(`GET /workspaces/${WORKSPACE.id}/builds`)).toEqual({ limit: "1", offset: "2" });
});

test("asks for the late state with --late", async () => {
  await using api = await startFakeApi(ANSWERS);
  await api.run(["state", "pull", "dev", "--late"]);
  expect(api.queryOf(`GET /workspacebuilds/${BUILD.id}/state`)).toEqual({ late: "true" });
});

for (const { what, args, answers, stderr } of [
  { what: "a build that does not exist", args: ["--build", "4"], stderr: "error: workspace dev has no build 4: the newest is 3\n" },
  {
    what: "no state",
    answers: { [`GET /workspacebuilds/${BUILD.id}/state`]: Buffer.alloc(0) },
    stderr: "error: build 3 of workspace dev has no state\n",
  },
  {
    what: "no late state",
    args: ["--late"],
    answers: { [`GET /workspacebuilds/${BUILD.id}/state`]: Buffer.alloc(0) },
    stderr: "error: build 3 of workspace dev has no late state\n",
  },
  {
    what: "a refusal",
    answers: { [`GET /workspacebuilds/${BUILD.id}/state`]: refuse(403, "Forbidden.", { detail: "template:update is missing." }) },
    stderr: "error: Forbidden.\ntemplate:update is missing.\n",
  },
]) {
  test(`with ${what} it fails, and an older file stays`, async () => {
    await using api = await startFakeApi({ ...ANSWERS, ...answers });
    const file = join(folder, "dev.tfstate");
    await writeFile(file, "old");
    expect(await api.run(["state", "pull", "dev", file, ...(args ?? [])])).toEqual({ code: 1, stdout: "", stderr });
    expect([await readdir(folder), await readFile(file, "utf8")]).toEqual([["dev.tfstate"], "old"]);
  });
}
