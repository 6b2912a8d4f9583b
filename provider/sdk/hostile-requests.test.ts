/** Requests that no Terraform of today sends, or only one whose files are damaged: each is answered, with a diagnostic where it must be. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { create } from "@bufbuild/protobuf";
import { Metadata } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import {
  ApplyResourceChange_RequestSchema,
  ConfigureProvider_RequestSchema,
  type Diagnostic,
  DiagnosticSchema,
  type DynamicValue,
  GetMetadata_RequestSchema,
  ImportResourceState_RequestSchema,
  PlanResourceChange_RequestSchema,
  ReadDataSource_RequestSchema,
  ReadResource_RequestSchema,
  StopProvider_RequestSchema,
  UpgradeResourceState_RequestSchema,
  ValidateResourceConfig_RequestSchema,
} from "#proto/gen/tfplugin6_pb.js";
import type { ServerCall } from "#proto/grpc-server.ts";
import { parseDecimal } from "./cty/decimal.ts";
import { encodeMsgpack } from "./cty/msgpack.ts";
import { MsgpackWriter } from "./cty/msgpack-writer.ts";
import { DYNAMIC } from "./cty/type.ts";
import { NULL, numberValue, stringValue, UNKNOWN, type Value } from "./cty/value.ts";
import { definitions } from "./define.ts";
import { defineProvider, type ProviderHandlers } from "./provider.ts";
import { strictRules } from "./rules/strict.ts";
import { computed, optional, required } from "./schema/attribute.ts";
import { block, listBlock, typeOf } from "./schema/block.ts";
import { int, mapOf, string, type ValueType } from "./schema/value-type.ts";

const { resource, dataSource } = definitions<null>();

/** A value of any type, which only a hostile request nests deeper than the stack. */
const anything: ValueType<string> = { cty: DYNAMIC, fromCty: () => "something", toCty: () => NULL };

const schema = block({
  attributes: { id: computed(string), name: required(string), size: optional(int), tags: optional(mapOf(string)), any: optional(anything) },
  blocks: { part: listBlock({ attributes: { kind: required(string) } }) },
});

/** A thing named `slow` is never made: `create` waits for it as a handler should, with an eye on its signal. */
function slowThings() {
  const started = Promise.withResolvers<void>();
  const faults: unknown[] = [];
  const thing = resource({
    version: 3,
    schema,
    async create({ name }, { signal }) {
      if (name === "slow") {
        started.resolve();
        await new Promise((_resolve, reject) => {
          if (signal.aborted) reject(signal.reason);
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        });
      }
      return { id: `id of ${name}` };
    },
  });
  const data = dataSource({
    version: 0,
    schema: block({ attributes: { name: required(string), length: computed(int) } }),
    read: ({ name }) => ({ length: name.length }),
  });
  const provider = defineProvider({
    name: "test",
    rules: strictRules,
    schema: block({ attributes: { endpoint: optional(string) } }),
    configure: () => null,
    resources: { test_thing: thing },
    dataSources: { test_data: data },
  });
  const ending = new AbortController();
  const rpc = provider.open((error) => faults.push(error), ending.signal) as Required<ProviderHandlers>;
  return { rpc, faults, started: started.promise, ending };
}

async function configured() {
  const opened = slowThings();
  await opened.rpc.configureProvider(create(ConfigureProvider_RequestSchema, {}), call());
  return opened;
}

const type = typeOf(schema);
const call = (signal = new AbortController().signal): ServerCall => ({ signal, metadata: new Metadata(), peer: "test" });

function object(entries: Readonly<Record<string, Value>>): { msgpack: Uint8Array } {
  return {
    msgpack: encodeMsgpack(type, { kind: "object", entries: new Map(Object.entries({ part: { kind: "list", items: [] }, ...entries })) }),
  };
}

const NOTHING = { msgpack: Buffer.of(0xc0) };
const THING = object({ name: stringValue("n") });

type Init = Partial<Pick<DynamicValue, "msgpack" | "json">>;

function apply(rpc: Required<ProviderHandlers>, planned: Init, prior: Init = NOTHING, signal?: AbortSignal) {
  const init = { typeName: "test_thing", priorState: prior, plannedState: planned, config: planned };
  return rpc.applyResourceChange(create(ApplyResourceChange_RequestSchema, init), call(signal));
}

/** Severities are all errors here, so the texts say it all. */
function errors(answer: { readonly diagnostics?: readonly unknown[] | undefined }): string[] {
  return (answer.diagnostics ?? []).map((init) => {
    const { summary, detail } = create(DiagnosticSchema, init as Diagnostic);
    return detail === "" ? summary : `${summary}: ${detail}`;
  });
}

function nestedInDynamic(depth: number): Uint8Array {
  const writer = new MsgpackWriter();
  for (let n = 0; n < depth; n++) {
    writer.arrayHead(2);
    writer.bin(Buffer.from('"dynamic"'));
  }
  writer.nil();
  return writer.bytes();
}

function withAny(value: Uint8Array): Uint8Array {
  const writer = new MsgpackWriter();
  writer.mapHead(6);
  writer.str("any");
  return Buffer.concat([writer.bytes(), value]);
}

for (const { what, config, says } of [
  {
    what: "bytes that are no MessagePack",
    config: { msgpack: Buffer.of(0xc1, 0xc1) },
    says: /^A value from Terraform cannot be read: byte 0xc1/,
  },
  { what: "a value cut off in its middle", config: { msgpack: THING.msgpack.subarray(0, -7) }, says: /cannot be read: .*too early/ },
  {
    what: "bytes behind the value",
    config: { msgpack: Buffer.concat([THING.msgpack, Buffer.of(0)]) },
    says: /cannot be read: bytes are left over/,
  },
  {
    what: "a list that claims four thousand million elements",
    config: { msgpack: Buffer.from("ddffffffff", "hex") },
    says: /cannot be read/,
  },
  { what: "another type's value", config: { msgpack: Buffer.of(0xc3) }, says: /cannot be read: value: bool where the type is \["object"/ },
  { what: "JSON that ends too early", config: { json: Buffer.from('{"name":') }, says: /cannot be read: .*JSON/ },
  { what: "JSON nested deeper than the stack", config: { json: Buffer.from("[".repeat(200_000)) }, says: /cannot be read/ },
  {
    what: "JSON with an attribute that is none",
    config: { json: Buffer.from('{"nom":"n"}') },
    says: /cannot be read: value: "nom" is no attribute/,
  },
  {
    what: "types in types, deeper than the stack",
    config: { msgpack: withAny(nestedInDynamic(200_000)) },
    says: /cannot be read: Maximum call stack/,
  },
  {
    what: "a type that is nested deeper than the stack",
    config: { msgpack: withAny(Buffer.concat([Buffer.of(0x92, 0xc6, 0, 0x1e, 0x84, 0x80), Buffer.from('["list",'.repeat(250_000))])) },
    says: /cannot be read/,
  },
]) {
  test(`refuses ${what} with a diagnostic, and calls it nobody's fault`, async () => {
    const { rpc, faults } = await configured();
    const validated = await rpc.validateResourceConfig(
      create(ValidateResourceConfig_RequestSchema, { typeName: "test_thing", config }),
      call(),
    );
    expect(errors(validated)).toEqual([expect.stringMatching(says)]);
    const init = { typeName: "test_thing", config, proposedNewState: config, priorState: NOTHING };
    expect(errors(await rpc.planResourceChange(create(PlanResourceChange_RequestSchema, init), call()))).toEqual([
      expect.stringMatching(says),
    ]);
    expect(errors(await apply(rpc, config))).toEqual([expect.stringMatching(says)]);
    const read = { typeName: "test_thing", currentState: config };
    expect(errors(await rpc.readResource(create(ReadResource_RequestSchema, read), call()))).toEqual([expect.stringMatching(says)]);
    expect(faults).toEqual([]);
  });
}

test("takes a value in its JSON form for what it is", async () => {
  const { rpc } = await configured();
  // 2^53 + 1, which no JavaScript number is.
  const json = { json: Buffer.from('{"name":"n","size":9007199254740993,"part":[]}') };
  const init = { typeName: "test_thing", config: json, proposedNewState: json, priorState: { json: Buffer.from("null") } };
  const plan = await rpc.planResourceChange(create(PlanResourceChange_RequestSchema, init), call());
  expect(errors(plan)).toEqual([]);
  const size = numberValue(parseDecimal("9007199254740993"));
  expect(plan.plannedState?.msgpack).toEqual(object({ id: UNKNOWN, name: stringValue("n"), size }).msgpack);
});

for (const { what, stored, version = 3n, says } of [
  { what: "no JSON", stored: '{"name":', says: /^The stored state of test_thing cannot be read: / },
  { what: "a list where an object stands", stored: "[1]", says: /cannot be read: value: not a \["object"/ },
  { what: "an object where a text stands", stored: '{"name":{}}', says: /cannot be read: \.name: not a "string"/ },
  { what: "nothing", stored: "", says: /is of a Terraform before 0\.12$/ },
  { what: "a version to come", stored: "{}", version: 4n, says: /is newer than the provider: It has version 4, and this provider knows 3/ },
  { what: "a version beyond all doubt", stored: "{}", version: 2n ** 63n - 1n, says: /It has version 9223372036854775807/ },
]) {
  test(`refuses a stored state that is ${what}`, async () => {
    const { rpc, faults } = await configured();
    const init = { typeName: "test_thing", version, rawState: { json: Buffer.from(stored) } };
    expect(errors(await rpc.upgradeResourceState(create(UpgradeResourceState_RequestSchema, init), call()))).toEqual([
      expect.stringMatching(says),
    ]);
    expect(faults).toEqual([]);
  });
}

test("drops what a stored state has and the provider has not, and fills in what it lacks", async () => {
  const { rpc } = await configured();
  const stored = JSON.stringify({ id: "1", name: "n", color: "red", constructor: {}, part: [{ kind: "k", weight: 1 }] });
  const init = { typeName: "test_thing", version: 1n, rawState: { json: Buffer.from(stored) } };
  const answer = await rpc.upgradeResourceState(create(UpgradeResourceState_RequestSchema, init), call());
  expect(errors(answer)).toEqual([]);
  const part: Value = { kind: "list", items: [{ kind: "object", entries: new Map([["kind", stringValue("k")]]) }] };
  expect(answer.upgradedState?.msgpack).toEqual(object({ id: stringValue("1"), name: stringValue("n"), part }).msgpack);
});

test("says so where a value is missing that must be there, and needs none where null will do", async () => {
  const { rpc, faults } = await configured();
  const bare = { typeName: "test_thing" };
  expect(errors(await rpc.validateResourceConfig(create(ValidateResourceConfig_RequestSchema, bare), call()))).toEqual([]);
  expect(errors(await rpc.planResourceChange(create(PlanResourceChange_RequestSchema, bare), call()))).toEqual([]);
  const half = { typeName: "test_thing", proposedNewState: THING };
  expect(errors(await rpc.planResourceChange(create(PlanResourceChange_RequestSchema, half), call()))).toEqual([
    "Terraform sent no configuration",
  ]);
  expect(errors(await rpc.readDataSource(create(ReadDataSource_RequestSchema, { typeName: "test_data" }), call()))).toEqual([
    "Terraform sent no configuration",
  ]);
  // Neither before nor after: nothing is made and nothing deleted.
  const applied = await apply(rpc, {}, {});
  expect(applied).toMatchObject({ newState: { msgpack: Buffer.of(0xc0) }, diagnostics: [] });
  expect(faults).toEqual([]);
});

test("names the types that it does not know, also those that every object has", async () => {
  const { rpc } = await configured();
  for (const typeName of ["test_other", "", "constructor", "__proto__"]) {
    const message = `The provider has no resource of type ${typeName}`;
    expect(errors(await rpc.validateResourceConfig(create(ValidateResourceConfig_RequestSchema, { typeName }), call()))).toEqual([message]);
    expect(errors(await rpc.readResource(create(ReadResource_RequestSchema, { typeName }), call()))).toEqual([message]);
    expect(errors(await rpc.importResourceState(create(ImportResourceState_RequestSchema, { typeName, id: "x" }), call()))).toHaveLength(1);
  }
});

test("does nothing before it is configured, and says why", async () => {
  const { rpc } = slowThings();
  expect(errors(await apply(rpc, THING))).toEqual(["The test provider is not configured"]);
});

test("carries a script of a megabyte and a map of ten thousand entries", async () => {
  const { rpc } = await configured();
  const entries = Array.from({ length: 10_000 }, (_, n) => [`key ${n}`, stringValue(`value ${n}`)] as const);
  const huge = object({ name: stringValue("x".repeat(2 ** 20)), tags: { kind: "map", entries: new Map(entries) } });
  const init = { typeName: "test_thing", config: huge, proposedNewState: huge, priorState: NOTHING };
  const plan = await rpc.planResourceChange(create(PlanResourceChange_RequestSchema, init), call());
  expect(errors(plan)).toEqual([]);
  const applied = await apply(rpc, { msgpack: plan.plannedState?.msgpack ?? Buffer.of() });
  expect(errors(applied)).toEqual([]);
  expect(applied.newState?.msgpack?.length).toBeGreaterThan(2 ** 20);
});

for (const { when, stop } of [
  {
    when: "Terraform is interrupted",
    stop: ({ rpc }: Awaited<ReturnType<typeof configured>>) => void rpc.stopProvider(create(StopProvider_RequestSchema), call()),
  },
  { when: "the process is told to end", stop: ({ ending }: Awaited<ReturnType<typeof configured>>) => ending.abort(new Error("SIGTERM")) },
]) {
  test(`a call that runs when ${when} ends with a diagnostic, and so does one that comes after`, async () => {
    const opened = await configured();
    const slow = object({ name: stringValue("slow") });
    const running = apply(opened.rpc, slow);
    await opened.started;
    stop(opened);
    const message = /^The test provider was interrupted in ApplyResourceChange: What it was doing may be half done: /;
    expect(errors(await running)).toEqual([expect.stringMatching(message)]);
    expect(errors(await apply(opened.rpc, slow))).toEqual([expect.stringMatching(message)]);
    // What waits for nothing is done all the same.
    expect(errors(await apply(opened.rpc, THING))).toEqual([]);
    expect(opened.faults).toEqual([]);
  });
}

test("a call that Terraform gives up ends", async () => {
  const { rpc, started } = await configured();
  const controller = new AbortController();
  const running = apply(rpc, object({ name: stringValue("slow") }), NOTHING, controller.signal);
  await started;
  controller.abort(new Error("gone"));
  expect(errors(await running)).toHaveLength(1);
});

test("answers what newer Terraform and multiplexers ask first", async () => {
  const { rpc } = slowThings();
  expect(await rpc.getMetadata(create(GetMetadata_RequestSchema), call())).toMatchObject({
    resources: [{ typeName: "test_thing" }],
    dataSources: [{ typeName: "test_data" }],
    serverCapabilities: { getProviderSchemaOptional: true },
  });
});

test("ten thousand calls leave nothing behind", async () => {
  const { rpc } = await configured();
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  const init = create(PlanResourceChange_RequestSchema, {
    typeName: "test_thing",
    config: THING,
    proposedNewState: THING,
    priorState: NOTHING,
  });
  // One signal for all, as a host that calls without a connection has it.
  const same = call();
  const used = async (calls: number): Promise<number> => {
    for (let n = 0; n < calls; n++) await rpc.planResourceChange(init, same);
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await used(2_000);
  expect((await used(10_000)) - before).toBeLessThan(1_000_000);
});
