import { expect, test } from "vitest";
import { FakeHost } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

test("tags are carried as they are, without those that are null, and none are null", async () => {
  const host = await FakeHost.connect(coderProvider({ env: {}, newId: () => "made" }));
  const read = async (config: object) => (await host.readData("coder_workspace_tags", { ...config })).state;
  expect(await read({})).toEqual({ id: "made", tags: null });
  expect(await read({ tags: {} })).toEqual({ id: "made", tags: null });
  expect(await read({ tags: { a: "1", b: "", c: null } })).toEqual({ id: "made", tags: { a: "1", b: "" } });
});
