import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BUILD, WORKSPACE } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";
import { stateText } from "#test/contracts/state-text.ts";

const STATE = stateText({ serial: 8 });
const OLDER = { ...BUILD, id: "55555555-0000-4000-8000-000000000001", build_number: 1 };
const PUT = `PUT /workspacebuilds/${BUILD.id}/state`;
const PUT_OLDER = `PUT /workspacebuilds/${OLDER.id}/state`;
const ANSWERS = {
  "GET /users/me/workspace/dev": WORKSPACE,
  [`GET /workspaces/${WORKSPACE.id}/builds`]: [OLDER],
  [PUT]: "",
  [PUT_OLDER]: "",
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proviso-push-"));
  await writeFile(join(folder, "dev.tfstate"), STATE);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("sends a file for the latest build, which it has to be", async () => {
  await using api = await startFakeApi(ANSWERS);
  const run = await api.run(["state", "push", "dev", "dev.tfstate"], { cwd: folder });
  expect(run).toEqual({
    code: 0,
    stdout: `Build 3 of workspace dev now has the state of dev.tfstate: serial 8, ${STATE.length} bytes\n`,
    stderr: "",
  });
  expect(api.changes()).toEqual([[PUT, Buffer.from(STATE)]]);
  expect(api.queryOf(PUT)).toEqual({ latest: "true" });
});

test("a build that is named need not be the latest, and the output says what that means", async () => {
  await using api = await startFakeApi(ANSWERS);
  const run = await api.run(["state", "push", "dev", "dev.tfstate", "--build", "1", "--force"], { cwd: folder });
  expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Build 1 .*\nLater builds keep .* the state of build 3\.\n$/) });
  expect(api.queryOf(PUT_OLDER)).toEqual({ force: "true" });
});

test("sends a file of many megabytes", async () => {
  const large = stateText({ serial: 9, paddingBytes: 20 << 20 });
  await writeFile(join(folder, "large.tfstate"), large);
  let received = 0;
  // The canned answers take bodies of a megabyte.
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    if (request.method === "PUT")
      request.on("data", (chunk: Buffer) => (received += chunk.length)).on("end", () => response.writeHead(204).end());
    else response.end(JSON.stringify(WORKSPACE));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  await using api = await startFakeApi({});
  const env = { CODER_URL: `http://127.0.0.1:${address.port}` };
  const run = await api.run(["state", "push", "dev", join(folder, "large.tfstate")], { env });
  server.closeAllConnections();
  server.close();
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining("serial 9, 20.0 MiB") });
  expect(received).toBe(large.length);
});

test("prints why the server does not take it", async () => {
  await using api = await startFakeApi({ ...ANSWERS, [PUT]: refuse(409, "The pushed state has serial 8, and …") });
  const run = await api.run(["state", "push", "dev", "dev.tfstate"], { cwd: folder });
  expect(run).toEqual({ code: 1, stdout: "", stderr: "error: The pushed state has serial 8, and …\n" });
});

describe("sends nothing if the file", () => {
  for (const { what, write, stderr } of [
    { what: "is missing", write: async () => {}, stderr: /^error: cannot read other: ENOENT/ },
    { what: "is a folder", write: (path: string) => mkdir(path), stderr: /^error: other is not a file/ },
    {
      what: "is cut off",
      write: (path: string) => writeFile(path, STATE.slice(0, 40)),
      stderr: /^error: other is not whole: it was cut off after 40 bytes/,
    },
    {
      what: "is something else",
      write: (path: string) => writeFile(path, "terraform"),
      stderr: /^error: other is not whole: byte 0 does not fit/,
    },
    { what: "has another format", write: (path: string) => writeFile(path, '{"version": 3}'), stderr: /^error: other has format 3/ },
    {
      what: "is larger than any state",
      write: async (path: string) => {
        await writeFile(path, "");
        await truncate(path, (1 << 30) + 1);
      },
      stderr: /^error: other has 1024.0 MiB, and a state may have at most 1024.0 MiB/,
    },
  ]) {
    test(what, async () => {
      await using api = await startFakeApi(ANSWERS);
      await write(join(folder, "other"));
      const run = await api.run(["state", "push", "dev", "other"], { cwd: folder });
      expect(run).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(stderr) });
      expect(api.changes()).toEqual([]);
    });
  }
});
