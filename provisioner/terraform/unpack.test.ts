import { mkdtemp, readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Header, pack } from "tar-stream";
import { expect, onTestFinished, test } from "vitest";
import { UnpackError, unpackTar } from "./unpack.ts";

type Entry = Partial<Header> & Pick<Header, "name"> & { readonly body?: string };

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack();
  for (const { body, ...header } of entries) tar.entry(header, body ?? "");
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** An empty directory inside another, so that what escapes is found. */
async function nest(): Promise<{ outside: string; inside: string }> {
  const outside = await mkdtemp(path.join(tmpdir(), "unpack-test-"));
  onTestFinished(() => rm(outside, { recursive: true, force: true }));
  const inside = await mkdtemp(path.join(outside, "in-"));
  return { outside, inside };
}

test("unpacks files, directories and links that stay inside", async () => {
  const { inside } = await nest();
  await unpackTar(
    await tarOf([
      { name: "./", type: "directory" },
      { name: "./main.tf", body: "a", mode: 0 },
      { name: "modules/", type: "directory" },
      { name: "modules/x/run.sh", body: "b", mode: 0o755 },
      { name: "modules/up", type: "symlink", linkname: "../main.tf" },
      { name: "loop", type: "symlink", linkname: "modules/x/../up" },
      { name: "hard.tf", type: "link", linkname: "main.tf" },
      { name: "main.tf", body: "the later one wins" },
    ]),
    inside,
  );
  expect((await readdir(inside)).sort()).toEqual(["hard.tf", "loop", "main.tf", "modules"]);
  expect(await readFile(path.join(inside, "loop"), "utf8")).toBe("the later one wins");
  expect(await readlink(path.join(inside, "modules/up"))).toBe("../main.tf");
  expect((await stat(path.join(inside, "modules/x/run.sh"))).mode & 0o777).toBe(0o755);
  expect((await stat(path.join(inside, "hard.tf"))).isFile()).toBe(true);
});

for (const { given, entries, says } of [
  { given: "a name that leads up", entries: [{ name: "../evil.tf", body: "x" }], says: '"../evil.tf" leads out' },
  { given: "a name that leads up further in", entries: [{ name: "a/../../evil.tf", body: "x" }], says: '"a/../../evil.tf" leads out' },
  { given: "an absolute name", entries: [{ name: "/tmp/evil.tf", body: "x" }], says: '"/tmp/evil.tf" is not relative' },
  { given: "a Windows name", entries: [{ name: "C:\\evil.tf", body: "x" }], says: "is not relative" },
  {
    given: "an absolute link",
    entries: [{ name: "l", type: "symlink", linkname: "/etc/passwd" }],
    says: '"l" is a link to "/etc/passwd", which leads out',
  },
  { given: "a link that leads up", entries: [{ name: "a/l", type: "symlink", linkname: "../../x" }], says: "which leads out" },
  {
    given: "links that lead out together",
    entries: [
      { name: "a/b/root", type: "symlink", linkname: "../.." },
      { name: "out", type: "symlink", linkname: "a/b/root/../x" },
    ],
    says: '"out" is a link',
  },
  {
    given: "links in a circle",
    entries: [
      { name: "a", type: "symlink", linkname: "b" },
      { name: "b", type: "symlink", linkname: "a" },
    ],
    says: "is part of a loop",
  },
  {
    given: "a file below a link",
    entries: [
      { name: "d", type: "symlink", linkname: "." },
      { name: "d/evil.tf", body: "x" },
    ],
    says: '"d/evil.tf" is below the link "d"',
  },
  {
    given: "a hard link to something else",
    entries: [{ name: "h", type: "link", linkname: "nothing" }],
    says: "which is not a file in the archive",
  },
  { given: "a hard link that leads out", entries: [{ name: "h", type: "link", linkname: "../x" }], says: "leads out" },
  { given: "a device", entries: [{ name: "dev", type: "character-device" }], says: '"dev" is a character-device' },
  { given: "a pipe", entries: [{ name: "p", type: "fifo" }], says: '"p" is a fifo' },
  { given: "too many bytes", entries: [{ name: "big", body: "x".repeat(101) }], says: 'more than 100 bytes (at "big")' },
  {
    given: "one file that hard links make too many bytes of",
    entries: [{ name: "big", body: "x".repeat(40) }, ...["a", "b"].map((name) => ({ name, type: "link", linkname: "big" }))],
    says: 'more than 100 bytes (at "b")',
  },
  { given: "a path that goes on and on", entries: [{ name: `${"a/".repeat(3_000)}x`, body: "x" }], says: "more than 4096 bytes" },
  {
    given: "a link that goes on and on",
    entries: [{ name: "l", type: "symlink", linkname: `${"b/".repeat(40_000)}x` }],
    says: "which has more than 4096 bytes",
  },
  { given: "too many entries", entries: Array.from({ length: 11 }, (_, n) => ({ name: `f${n}` })), says: "more than 10 entries" },
] as { given: string; entries: Entry[]; says: string }[]) {
  test(`refuses ${given}, and writes nothing outside`, async () => {
    const { outside, inside } = await nest();
    const refused = await unpackTar(await tarOf(entries), inside, { totalBytes: 100, entries: 10 }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnpackError);
    expect(String(refused)).toContain(says);
    expect(await readdir(outside)).toEqual([path.basename(inside)]);
  });
}

for (const { given, bytes } of [
  { given: "no tar", bytes: Buffer.from("hello, this is no archive".repeat(100)) },
  { given: "half a tar", bytes: undefined },
]) {
  test(`refuses ${given}`, async () => {
    const { inside } = await nest();
    const tar = bytes ?? (await tarOf([{ name: "a", body: "x".repeat(5_000) }])).subarray(0, 2_000);
    await expect(unpackTar(tar, inside)).rejects.toThrow(UnpackError);
  });
}
