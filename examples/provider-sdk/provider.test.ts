import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeHost } from "proviso/provider-sdk/fake-host";
import { expect, onTestFinished, test } from "vitest";
import { shelfProvider } from "./provider.ts";

test("a note is a file, and a new text goes into the same file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "shelf-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const host = await FakeHost.connect(shelfProvider(), { folder });

  const { state } = await host.apply("shelf_note", { name: "list", text: "Bread" });
  expect(state).toEqual({ name: "list", text: "Bread", path: join(folder, "list.txt") });
  expect((await host.plan("shelf_note", { name: "list", text: "(unknown)" }, state)).replaces).toEqual([]);
  expect((await host.plan("shelf_note", { name: "other" }, state)).replaces).toEqual(["name"]);

  await host.apply("shelf_note", { name: "list", text: "Milk" }, state);
  expect(await readFile(join(folder, "list.txt"), "utf8")).toBe("Milk");
  expect(host.faults).toEqual([]);
});

test("refuses a name that is not plain, with the path of its attribute", async () => {
  const host = await FakeHost.connect(shelfProvider(), { folder: "." });
  const refusal = { severity: "error", summary: "../list is not a plain name", path: "name" };
  expect(await host.validate("shelf_note", { name: "../list" })).toMatchObject([refusal]);
});
