import { expect, test } from "vitest";
import { FakeHost, UNKNOWN_TEXT } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

function connect(): Promise<FakeHost> {
  return FakeHost.connect(coderProvider({ env: {}, newId: () => "made" }));
}

const item = (key: unknown, value?: unknown) => ({ key, ...(value === undefined ? {} : { value }) });

test("whether an item has a value is told when it is made", async () => {
  const host = await connect();
  const config = { resource_id: "r", item: [item("none"), item("empty", ""), item("some", "v"), item("null", null)] };
  expect((await host.plan("coder_metadata", config)).state).toEqual({
    id: UNKNOWN_TEXT,
    resource_id: "r",
    hide: null,
    icon: null,
    daily_cost: null,
    item: [
      { key: "none", value: null, sensitive: false, is_null: UNKNOWN_TEXT },
      { key: "empty", value: "", sensitive: false, is_null: UNKNOWN_TEXT },
      { key: "some", value: "v", sensitive: false, is_null: UNKNOWN_TEXT },
      { key: "null", value: null, sensitive: false, is_null: UNKNOWN_TEXT },
    ],
  });
  expect((await host.apply("coder_metadata", config)).state).toMatchObject({
    id: "made",
    item: [
      { key: "none", value: "", is_null: true },
      { key: "empty", value: "", is_null: false },
      { key: "some", value: "v", is_null: false },
      { key: "null", value: "", is_null: true },
    ],
  });
});

test("a value that becomes null, or the other way round, is no change, and what was told stays", async () => {
  const host = await connect();
  const { state } = await host.apply("coder_metadata", { resource_id: "r", item: [item("a", ""), item("b")] });
  const planned = await host.plan("coder_metadata", { resource_id: "r", item: [item("a"), item("b", "")] }, state);
  expect(planned).toMatchObject({ replaces: [], state: { item: [{ is_null: false }, { is_null: true }] } });
});

test("what counts as a change of existing metadata", async () => {
  const host = await connect();
  const config = { resource_id: "r", item: [item("a", "1"), item("b", "2")] };
  const { state } = await host.apply("coder_metadata", config);
  const replaces = async (next: object) => (await host.plan("coder_metadata", { ...config, ...next }, state)).replaces;
  expect(await replaces({ hide: false, icon: "", daily_cost: 0 })).toEqual([]);
  expect(await replaces({ item: [item("a", "1"), item("b", "3")] })).toEqual(["item[1].value", "id"]);
  expect(await replaces({ item: [item("b", "2"), item("a", "1")] })).toEqual([
    "item[0].key",
    "item[0].value",
    "item[1].key",
    "item[1].value",
    "id",
  ]);
  expect(await replaces({ item: [item("a", "1")] })).toEqual(["item", "id"]);
  expect(await replaces({ item: [item("a", "1"), item("b", UNKNOWN_TEXT)] })).toEqual(["item[1].value", "id"]);
  const { state: planned } = await host.plan("coder_metadata", { ...config, hide: true }, state);
  expect(planned).toMatchObject({ id: UNKNOWN_TEXT, item: [{ is_null: UNKNOWN_TEXT }, { is_null: UNKNOWN_TEXT }] });
});
