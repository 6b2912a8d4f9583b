import { readdir } from "node:fs/promises";
import { type Header, pack } from "tar-stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, signUp } from "./harness/api.ts";
import { type ServerProcess, startServerProcess } from "./harness/server-process.ts";

let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  server = await startServerProcess({ args: ["--provisioner-daemons", "0"] });
  api = await signUp(server.url);
});

afterAll(() => server?.[Symbol.asyncDispose]());

type Entry = Partial<Header> & Pick<Header, "name">;

async function tarWith(...entries: Entry[]): Promise<Uint8Array> {
  const archive = pack();
  archive.entry({ name: "main.tf" }, "# a template\n");
  for (const entry of entries) archive.entry(entry, entry.type === undefined ? "content" : "");
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const upload = (bytes: Uint8Array, type = "application/x-tar") => api.call("POST", "/files", bytes, { "Content-Type": type });

for (const { given, entry, names } of [
  { given: "a path that climbs out", entry: { name: "../evil.tf" }, names: "../evil.tf" },
  { given: "a path that climbs out in the middle", entry: { name: "a/../../evil.tf" }, names: "a/../../evil.tf" },
  { given: "an absolute path", entry: { name: "/tmp/evil.tf" }, names: "/tmp/evil.tf" },
  { given: "a symbolic link out of the directory", entry: { name: "link", type: "symlink", linkname: "../../etc/passwd" }, names: "link" },
  { given: "an absolute symbolic link", entry: { name: "link", type: "symlink", linkname: "/etc/passwd" }, names: "link" },
  { given: "a hard link out of the directory", entry: { name: "link", type: "link", linkname: "../outside" }, names: "link" },
  { given: "a device", entry: { name: "disk", type: "block-device" }, names: "disk" },
] satisfies { given: string; entry: Entry; names: string }[]) {
  test(`refuses an archive with ${given}, and says which entry`, async () => {
    const { status, body } = await upload(await tarWith(entry));
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(names);
  });
}

test("refuses what is no tar, and what is too large", async () => {
  expect((await upload(Buffer.from("this is no archive"))).status).toBe(400);
  expect((await upload(await tarWith(), "text/plain")).status).toBe(400);
  expect((await upload(Buffer.alloc(101 * 1024 * 1024))).status).toBe(413);
});

test("takes an honest archive, the same bytes once", async () => {
  const bytes = await tarWith({ name: "modules/", type: "directory" }, { name: "modules/a.tf" });
  const [first, second] = [await upload(bytes), await upload(bytes)];
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body.hash).toBe(first.body.hash);
  expect(await readdir(server.dataDirectory)).not.toContain("evil.tf");
});
