import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { call, openServerWorld, tarOf } from "#test/server/server-world.ts";

const TAR = { "Content-Type": "application/x-tar" };

test("keeps an archive, once for the same bytes, and gives it back", async () => {
  await using world = await openServerWorld();
  const archive = await tarOf({ "main.tf": "# empty\n" });
  const first = await world.call("POST", "/api/v2/files", archive, TAR);
  const second = await world.call("POST", "/api/v2/files", archive, TAR);
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.json).toEqual({ hash: first.json.hash });
  expect(Buffer.from(await world.client.downloadFile(first.json.hash))).toEqual(archive);
  const download = await world.call("GET", `/api/v2/files/${first.json.hash}`);
  expect(download.headers.get("content-type")).toBe("application/x-tar");
  expect((await world.call("GET", `/api/v2/files/${first.json.hash}?format=zip`)).status).toBe(400);
});

test("refuses what is not an archive, what leaves its directory, and what is too large", async () => {
  await using world = await openServerWorld();
  const archive = await tarOf({ "main.tf": "# empty\n" });
  for (const { bytes, headers } of [
    { bytes: Buffer.from("resource {}"), headers: TAR },
    { bytes: await tarOf({ "../main.tf": "" }), headers: TAR },
    { bytes: archive, headers: { "Content-Type": "application/zip" } },
    { bytes: archive, headers: { "Content-Type": "application/x-tar; charset=binary" } },
  ]) {
    const { status, json } = await world.call("POST", "/api/v2/files", bytes, headers);
    expect([status, json.message]).toEqual([400, expect.any(String)]);
  }
  const large = await world.call("POST", "/api/v2/files", Buffer.alloc(100 * 1024 * 1024 + 1), TAR);
  expect([large.status, large.json]).toEqual([413, { message: "The request body is too large.", detail: expect.any(String) }]);
});

test("limits uploads", async () => {
  await using world = await openServerWorld({ rateLimits: { login: 0, files: 1 } });
  const archive = await tarOf({ "main.tf": "" });
  const statuses = [await world.call("POST", "/api/v2/files", archive, TAR), await world.call("POST", "/api/v2/files", archive, TAR)];
  expect(statuses.map(({ status }) => status)).toEqual([201, 429]);
});

test("serves the agent program to everybody, but not again to a client that has it", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "agent-binaries-"));
  const program = Buffer.from("\x7fELF and so on");
  await writeFile(join(directory.path, "coder-linux-amd64"), program);
  await writeFile(join(directory.path, "secret"), "secret");
  await using world = await openServerWorld({ agentBinaryDirectory: directory.path });
  const get = (path: string, headers?: Record<string, string>) => call(world.url, "GET", path, undefined, headers);
  for (const path of ["/bin/coder-linux-amd64", "//bin//coder-linux-amd64"]) {
    const { status, text, headers } = await get(path);
    expect([status, text, headers.get("content-type")]).toEqual([200, program.toString(), "application/octet-stream"]);
    expect(headers.get("content-length")).toBe(String(program.length));
    const known = await get(path, { "If-None-Match": headers.get("etag") ?? "" });
    expect([known.status, known.text]).toEqual([304, ""]);
    expect((await get(path, { "If-None-Match": '"another"' })).status).toBe(200);
  }
  for (const path of ["/bin/coder-linux-arm64", "/bin/secret", "/bin/..%2fsecret", "/bin/%2e%2e/secret", "/bin/", "/bin"])
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  expect((await call(world.url, "HEAD", "/bin/coder-linux-amd64")).status).toBe(200);
});

test("without a folder of programs there is nothing to download", async () => {
  await using world = await openServerWorld();
  expect((await call(world.url, "GET", "/bin/coder-linux-amd64")).status).toBe(404);
});
