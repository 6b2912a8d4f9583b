import { buffer } from "node:stream/consumers";
import { type Header, pack } from "tar-stream";
import { expect, test } from "vitest";
import { checkArchive } from "./archive.ts";

type Entry = Pick<Header, "name"> & Partial<Header>;

function tar(...entries: Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const entry of entries) archive.entry(entry, entry.type === undefined || entry.type === "file" ? "x".repeat(entry.size ?? 7) : "");
  archive.finalize();
  return buffer(archive);
}

const link = (name: string, linkname: string): Entry => ({ name, type: "symlink", linkname });

test("takes files, directories, and links that stay inside", async () => {
  const entries: Entry[] = [
    { name: "./", type: "directory" },
    { name: "main.tf" },
    { name: "./modules/a/main.tf" },
    { name: "modules/b", type: "directory" },
    link("modules/b/main.tf", "../a/main.tf"),
    link("current", "modules/a"),
    link("..hidden", "main.tf"),
    { name: "hard", type: "link", linkname: "modules/a/main.tf" },
    { name: `${"long/".repeat(60)}name.tf` },
  ];
  await checkArchive(await tar(...entries));
});

for (const { what, entries, says } of [
  { what: "a parent path", entries: [{ name: "../x" }], says: "leaves the directory" },
  { what: "a hidden parent path", entries: [{ name: "a/../../x" }], says: "leaves the directory" },
  { what: "a Windows parent path", entries: [{ name: "a\\..\\..\\x" }], says: "leaves the directory" },
  { what: "an absolute path", entries: [{ name: "/etc/passwd" }], says: "is an absolute path" },
  { what: "a Windows drive", entries: [{ name: "C:\\x" }], says: "is an absolute path" },
  { what: "a link that leaves", entries: [link("a/b", "../../x")], says: "links out of" },
  { what: "a link to an absolute path", entries: [link("a", "/etc")], says: "links to an absolute path" },
  { what: "a hard link that leaves", entries: [{ name: "a/b", type: "link" as const, linkname: "../x" }], says: "links out of" },
  { what: "a file behind a link", entries: [link("a", "b"), { name: "a/c" }], says: "is behind a symbolic link" },
  { what: "a link behind a link", entries: [link("d/e/l", "../.."), link("d/e/l/m", "../../..")], says: "is behind" },
  { what: "a link through a link", entries: [link("d/e/l", "../.."), link("m", "d/e/l/../..")], says: "links through another link" },
  { what: "a link listed after what lies behind it", entries: [{ name: "a/c" }, link("./a", "b")], says: "is behind a symbolic link" },
  { what: "a path that goes on and on", entries: [{ name: `${"a/".repeat(3_000)}x` }], says: "has a path of more than 4096 bytes" },
  { what: "a link that goes on and on", entries: [link("a", `${"b/".repeat(40_000)}x`)], says: "links to a path of more than 4096 bytes" },
  { what: "a device", entries: [{ name: "null", type: "character-device" as const }], says: "only files" },
] satisfies { what: string; entries: Entry[]; says: string }[]) {
  test(`refuses ${what}`, async () => {
    await expect(checkArchive(await tar({ name: "main.tf" }, ...entries))).rejects.toThrow(says);
  });
}

for (const { what, bytes } of [
  { what: "nothing", bytes: Buffer.alloc(0) },
  { what: "text", bytes: Buffer.from("resource {}\n".repeat(100)) },
  { what: "zeros", bytes: Buffer.alloc(10_240) },
  { what: "gzip", bytes: Buffer.from([0x1f, 0x8b, 8, 0, ...Buffer.alloc(600)]) },
]) {
  test(`refuses ${what}`, async () => {
    await expect(checkArchive(bytes)).rejects.toMatchObject({ code: "invalid_input" });
  });
}

test("refuses an archive that was cut off", async () => {
  const whole = await tar({ name: "main.tf", size: 5_000 });
  await expect(checkArchive(whole.subarray(0, 2_000))).rejects.toMatchObject({ code: "invalid_input" });
});

test("refuses an archive with more entries than a daemon would unpack", async () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `${at}.tf`, type: "directory" as const }));
  await checkArchive(await tar(...many(20_000)));
  await expect(checkArchive(await tar(...many(20_001)))).rejects.toThrow("more than 20000 entries");
});
