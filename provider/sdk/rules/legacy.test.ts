import { expect, test } from "vitest";
import { definitions } from "../define.ts";
import { FakeHost, UNKNOWN_TEXT } from "../fake-host.ts";
import { defineProvider } from "../provider.ts";
import { computed, defaulted, optional, optionalComputed, required } from "../schema/attribute.ts";
import { block, listBlock, setBlock } from "../schema/block.ts";
import { bool, int, listOf, mapOf, string } from "../schema/value-type.ts";
import { legacyRules } from "./legacy.ts";

const { resource, dataSource } = definitions<null>();

/** What a handler saw, beside what it gave. */
const inputs: unknown[] = [];

const contents = {
  attributes: {
    id: optionalComputed(string),
    text: optional(string),
    count_of: optional(int),
    flag: optional(bool),
    shade: defaulted(string, "gray"),
    labels: optional(mapOf(string)),
    found: computed(listOf(string)),
  },
  blocks: {
    row: listBlock({
      attributes: {
        name: required(string),
        note: optional(string),
        rank: optional(int),
        on: optional(bool),
        kind: defaulted(string, "k"),
        is_null: computed(bool),
      },
    }),
    plain: listBlock({ attributes: { note: optional(string) }, blocks: { inner: setBlock({ attributes: { value: optional(int) } }) } }),
  },
};

function connect(): Promise<FakeHost> {
  inputs.length = 0;
  const thing = resource({
    version: 1,
    schema: block(contents),
    create(input) {
      inputs.push(input);
      return { id: "made", found: null, row: input.row.map(({ note }) => ({ is_null: note === null })) };
    },
  });
  const look = dataSource({
    version: 1,
    schema: block(contents),
    read(input) {
      inputs.push(input);
      return { id: "seen", found: [], shade: `${input.shade}!`, row: input.row.map(({ note }) => ({ is_null: note === null })) };
    },
  });
  return FakeHost.connect(
    defineProvider({
      name: "test",
      rules: legacyRules,
      schema: block({}),
      configure: () => null,
      resources: { test_thing: thing },
      dataSources: { test_look: look },
    }),
  );
}

const row = (name: string, more: object = {}) => ({ name, ...more });

test("an optional scalar in a list of blocks is null in the plan and zero in the state; its computed neighbor saw the null", async () => {
  const host = await connect();
  const config = { row: [row("a"), row("b", { note: "" }), row("c", { note: UNKNOWN_TEXT })] };
  const { state } = await host.plan("test_thing", config);
  expect(state).toMatchObject({
    text: null,
    found: UNKNOWN_TEXT,
    row: [
      { note: null, rank: null, on: null, kind: "k", is_null: UNKNOWN_TEXT },
      { note: "", is_null: UNKNOWN_TEXT },
      { note: UNKNOWN_TEXT, is_null: UNKNOWN_TEXT },
    ],
  });
  const applied = await host.apply("test_thing", { row: [row("a"), row("b", { note: "" })] });
  expect(applied.state).toMatchObject({
    id: "made",
    text: null,
    count_of: null,
    flag: null,
    shade: "gray",
    found: null,
    row: [
      { note: "", rank: 0, on: false, is_null: true },
      { note: "", rank: 0, on: false, is_null: false },
    ],
  });
});

test("null, zero and empty are no change; anything else makes a new object and names what changed", async () => {
  const host = await connect();
  const config = { text: "t", row: [row("a", { note: "n" })] };
  const { state } = await host.apply("test_thing", config);
  const replaces = async (next: object) => (await host.plan("test_thing", { ...config, ...next }, state)).replaces;
  expect(await replaces({ count_of: 0, flag: false, labels: {}, plain: [] })).toEqual([]);
  expect(await replaces({ row: [row("a", { note: "n", rank: 0 })] })).toEqual([]);
  expect(await replaces({ text: "" })).toEqual(["text", "id"]);
  expect(await replaces({ row: [row("a")] })).toEqual(["row[0].note", "id"]);
  expect(await replaces({ row: [row("a", { note: "n" }), row("b")] })).toEqual(["row", "id"]);
  expect(await replaces({ plain: [{ inner: [{ value: 1 }] }] })).toEqual(["plain", "id"]);
});

test("what a data source leaves unset is null at the top and zero below", async () => {
  const host = await connect();
  expect((await host.readData("test_look")).state).toEqual({
    id: "seen",
    text: null,
    count_of: null,
    flag: null,
    shade: "gray!",
    labels: null,
    found: [],
    row: [],
    plain: null,
  });
  const { state } = await host.readData("test_look", {
    text: "",
    count_of: 0,
    flag: false,
    labels: {},
    row: [row("a")],
    plain: [{ note: "x" }, {}],
  });
  expect(inputs[1]).toMatchObject({ id: null, text: "", shade: "gray", row: [{ note: null, kind: "k" }] });
  expect(state).toMatchObject({
    text: null,
    count_of: 0,
    flag: false,
    labels: null,
    row: [{ name: "a", note: "", rank: 0, on: false, kind: "k", is_null: true }],
    plain: [
      { note: "x", inner: [] },
      { note: "", inner: [] },
    ],
  });
});
