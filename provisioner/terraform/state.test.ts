import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isWholeState, readShownPlan, readShownState, readStateFile, StateFormatError } from "./state.ts";
import { watchState } from "./watch-state.ts";

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

test("reads a state file: modules, keys, data sources, and no deposed objects", () => {
  const instances = readStateFile(
    bytes({
      version: 4,
      serial: 3,
      resources: [
        {
          mode: "managed",
          type: "vm",
          name: "box",
          instances: [
            { index_key: 0, attributes: { a: 1 } },
            { index_key: 0, deposed: "abc", attributes: {} },
          ],
        },
        { module: 'module.m["k"]', mode: "data", type: "src", name: "d", instances: [{ attributes: { b: 2 } }] },
        { mode: "managed", type: "vm", name: "each", instances: [{ index_key: "x.y", attributes: {} }] },
      ],
    }),
  );
  expect(instances.map(({ address, label, values }) => [address, label, values])).toEqual([
    ["vm.box[0]", "vm.box", { a: 1 }],
    ['module.m["k"].data.src.d', "module.m.data.src.d", { b: 2 }],
    ['vm.each["x.y"]', "vm.each", {}],
  ]);
});

for (const { given, state } of [
  { given: "no JSON", state: Buffer.from("{") },
  { given: "another format", state: bytes({ version: 3 }) },
  { given: "a resource without a type", state: bytes({ version: 4, resources: [{ name: "x", instances: [{}] }] }) },
]) {
  test(`refuses a state file with ${given}`, () => expect(() => readStateFile(state)).toThrow(StateFormatError));
}

test("reads a shown plan: data of the prior state, then what is planned, children first", () => {
  const resource = (address: string) => ({ address, values: {} });
  const plan = {
    prior_state: {
      values: {
        root_module: {
          resources: [resource("data.p.q"), resource("vm.old")],
          child_modules: [{ resources: [resource("module.c.data.p.r")] }],
        },
      },
    },
    planned_values: { root_module: { resources: [resource("vm.new")], child_modules: [{ resources: [resource("module.c.vm.inner")] }] } },
  };
  expect(readShownPlan(plan).map(({ address }) => address)).toEqual(["module.c.data.p.r", "data.p.q", "module.c.vm.inner", "vm.new"]);
  expect(readShownState({ format_version: "1.0" })).toEqual([]);
});

test("tells a half-written state from a whole one", async () => {
  const whole = bytes({ version: 4, serial: 1, resources: [] });
  expect(await isWholeState(whole)).toBe(true);
  expect(await isWholeState(whole.subarray(0, -1))).toBe(false);
  expect(await isWholeState(new Uint8Array())).toBe(false);
});

test("hands on each state as it is written, passes over half ones, and keeps the last whole one", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "state-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = path.join(directory, "terraform.tfstate");
  const state = (serial: number) => bytes({ version: 4, serial });
  await writeFile(file, state(1));
  const seen: number[] = [];
  let arrived = Promise.withResolvers<void>();
  const watcher = watchState(file, (bytesSeen) => {
    seen.push(JSON.parse(Buffer.from(bytesSeen).toString()).serial);
    arrived.resolve();
  });
  expect(await watcher.latest()).toEqual(state(1));
  for (const serial of [2, 3]) {
    arrived = Promise.withResolvers();
    await writeFile(file, state(serial));
    await arrived.promise;
  }
  await writeFile(file, '{"version":4,"seri');
  expect(await watcher.latest()).toEqual(state(3));
  await watcher[Symbol.asyncDispose]();
  expect(seen).toEqual([2, 3]);
});
