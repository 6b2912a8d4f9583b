/** For tests: the part of Terraform that calls a provider, without the wire. Values go in and come out as JSON. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Metadata } from "@grpc/grpc-js";
import * as pb from "#proto/gen/tfplugin6_pb.js";
import type { ServerCall } from "#proto/grpc-server.ts";
import { decodeJson } from "./cty/json.ts";
import { decodeMsgpack, encodeMsgpack } from "./cty/msgpack.ts";
import { type CtyType, list, object, parseType, set } from "./cty/type.ts";
import { fingerprint, isWhollyKnown, NULL, UNKNOWN, type Value } from "./cty/value.ts";
import type { Provider, ProviderHandlers } from "./provider.ts";

/** Stands for an unknown in the JSON of this file, both ways. */
export const UNKNOWN_TEXT = "(unknown)";

type Json = Readonly<Record<string, unknown>>;

/** With the path as it reads in an expression: `metadata[0].key`. */
export interface SeenDiagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly path: string;
}

export interface Answer {
  /** The planned or the new state. */
  readonly state: unknown;
  readonly diagnostics: readonly SeenDiagnostic[];
  readonly replaces: readonly string[];
  readonly privateBytes: Uint8Array;
}

const CALL: ServerCall = { signal: new AbortController().signal, metadata: new Metadata(), peer: "test" };
const NO_BYTES = new Uint8Array();

export class FakeHost {
  /** What the provider reported as its own faults. */
  readonly faults: unknown[] = [];
  readonly #rpc: Required<ProviderHandlers>;
  readonly #blocks = new Map<string, pb.Schema_Block>();

  private constructor(provider: Provider) {
    this.#rpc = provider.open((error) => this.faults.push(error)) as Required<ProviderHandlers>;
  }

  /** Learns the schema and configures the provider. */
  static async connect(provider: Provider, config: Json = {}): Promise<FakeHost> {
    const host = new FakeHost(provider);
    const response = create(
      pb.GetProviderSchema_ResponseSchema,
      await host.#rpc.getProviderSchema(create(pb.GetProviderSchema_RequestSchema), CALL),
    );
    const add = (name: string, schema: pb.Schema | undefined) => schema?.block && host.#blocks.set(name, schema.block);
    add("provider", response.provider);
    for (const [name, schema] of Object.entries(response.resourceSchemas)) add(name, schema);
    for (const [name, schema] of Object.entries(response.dataSourceSchemas)) add(`data.${name}`, schema);
    await host.configure(config);
    return host;
  }

  /** The names of all resource types, and of all data sources. */
  get resources(): readonly string[] {
    return [...this.#blocks.keys()].filter((name) => name !== "provider" && !name.startsWith("data."));
  }

  get dataSources(): readonly string[] {
    return [...this.#blocks.keys()].filter((name) => name.startsWith("data.")).map((name) => name.slice("data.".length));
  }

  async configure(config: Json): Promise<readonly SeenDiagnostic[]> {
    const request = create(pb.ConfigureProvider_RequestSchema, { config: this.#pack("provider", config) });
    return seen((await this.#rpc.configureProvider(request, CALL)).diagnostics);
  }

  /** @param name `provider`, a resource's type, or `data.` and a data source's */
  async validate(name: string, config: Json): Promise<readonly SeenDiagnostic[]> {
    const message = { typeName: name.replace("data.", ""), config: this.#pack(name, config) };
    if (name === "provider")
      return seen((await this.#rpc.validateProviderConfig(create(pb.ValidateProviderConfig_RequestSchema, message), CALL)).diagnostics);
    const response = name.startsWith("data.")
      ? await this.#rpc.validateDataResourceConfig(create(pb.ValidateDataResourceConfig_RequestSchema, message), CALL)
      : await this.#rpc.validateResourceConfig(create(pb.ValidateResourceConfig_RequestSchema, message), CALL);
    return seen(response.diagnostics);
  }

  /** @param prior the state from before; null for a new object */
  async plan(typeName: string, config: Json, prior: unknown = null): Promise<Answer> {
    const block = this.#block(typeName);
    const type = typeOfBlock(block);
    const proposed = proposedNew(block, fromJson(type, prior), fromJson(type, config));
    const request = create(pb.PlanResourceChange_RequestSchema, {
      typeName,
      priorState: this.#pack(typeName, prior),
      config: this.#pack(typeName, config),
      proposedNewState: { msgpack: encodeMsgpack(type, proposed) },
    });
    const response = create(pb.PlanResourceChange_ResponseSchema, await this.#rpc.planResourceChange(request, CALL));
    const replaces = response.requiresReplace.map(({ steps }) => pathText(steps));
    return { ...this.#answer(typeName, response.plannedState, response), replaces, privateBytes: response.plannedPrivate };
  }

  /** Plans, and applies the plan. A null `config` destroys. */
  async apply(typeName: string, config: Json | null, prior: unknown = null, privateBytes: Uint8Array = NO_BYTES): Promise<Answer> {
    const planned = config === null ? null : (await this.plan(typeName, config, prior)).state;
    const request = create(pb.ApplyResourceChange_RequestSchema, {
      typeName,
      priorState: this.#pack(typeName, prior),
      plannedState: this.#pack(typeName, planned),
      config: this.#pack(typeName, config),
      plannedPrivate: privateBytes,
    });
    const response = create(pb.ApplyResourceChange_ResponseSchema, await this.#rpc.applyResourceChange(request, CALL));
    return { ...this.#answer(typeName, response.newState, response), privateBytes: response.private };
  }

  async read(typeName: string, state: unknown, privateBytes: Uint8Array = NO_BYTES): Promise<Answer> {
    const message = { typeName, currentState: this.#pack(typeName, state), private: privateBytes };
    const response = create(
      pb.ReadResource_ResponseSchema,
      await this.#rpc.readResource(create(pb.ReadResource_RequestSchema, message), CALL),
    );
    return { ...this.#answer(typeName, response.newState, response), privateBytes: response.private };
  }

  async upgrade(typeName: string, stored: Json): Promise<Answer> {
    const request = create(pb.UpgradeResourceState_RequestSchema, {
      typeName,
      rawState: { json: Buffer.from(JSON.stringify(stored)) },
    });
    const response = create(pb.UpgradeResourceState_ResponseSchema, await this.#rpc.upgradeResourceState(request, CALL));
    return this.#answer(typeName, response.upgradedState, response);
  }

  async import(typeName: string): Promise<readonly SeenDiagnostic[]> {
    const request = create(pb.ImportResourceState_RequestSchema, { typeName, id: "x" });
    return seen((await this.#rpc.importResourceState(request, CALL)).diagnostics);
  }

  async readData(typeName: string, config: Json = {}): Promise<Answer> {
    const request = create(pb.ReadDataSource_RequestSchema, { typeName, config: this.#pack(`data.${typeName}`, config) });
    const response = create(pb.ReadDataSource_ResponseSchema, await this.#rpc.readDataSource(request, CALL));
    return this.#answer(`data.${typeName}`, response.state, response);
  }

  #block(name: string): pb.Schema_Block {
    const block = this.#blocks.get(name);
    if (block === undefined) throw new Error(`no schema of ${name}`);
    return block;
  }

  #pack(name: string, json: unknown): { msgpack: Uint8Array } {
    const type = typeOfBlock(this.#block(name));
    return { msgpack: encodeMsgpack(type, fromJson(type, json)) };
  }

  #answer(name: string, packed: pb.DynamicValue | undefined, { diagnostics }: { diagnostics: readonly pb.Diagnostic[] }): Answer {
    const type = typeOfBlock(this.#block(name));
    const state = packed === undefined ? undefined : toJson(decodeMsgpack(type, packed.msgpack));
    return { state, diagnostics: seen(diagnostics), replaces: [], privateBytes: NO_BYTES };
  }
}

/** Terraform's merge of prior state and configuration: where the provider may supply a value and none is configured, it keeps the prior one. */
function proposedNew(block: pb.Schema_Block, prior: Value, config: Value): Value {
  if (prior.kind !== "object" || config.kind !== "object") return config;
  const entries = new Map(config.entries);
  for (const { name, computed } of block.attributes)
    if (computed && entries.get(name)?.kind === "null") entries.set(name, prior.entries.get(name) ?? NULL);
  for (const { typeName, block: inner } of block.blockTypes) {
    const [before, given] = [prior.entries.get(typeName), entries.get(typeName)];
    if (inner !== undefined && before?.kind === "list" && given?.kind === "list")
      entries.set(typeName, { kind: "list", items: given.items.map((item, n) => proposedNew(inner, before.items[n] ?? NULL, item)) });
  }
  return { kind: "object", entries };
}

function typeOfBlock(block: pb.Schema_Block): CtyType {
  const { LIST, SET } = pb.Schema_NestedBlock_NestingMode;
  return object([
    ...block.attributes.map(({ name, type }) => [name, parseType(Buffer.from(type).toString("utf8"))] as const),
    ...block.blockTypes.map(({ typeName, block: inner, nesting }) => {
      const of = inner === undefined ? object([]) : typeOfBlock(inner);
      return [typeName, nesting === LIST ? list(of) : nesting === SET ? set(of) : of] as const;
    }),
  ]);
}

/** Blocks that are left out are empty and attributes null, as in a configuration. */
function fromJson(type: CtyType, json: unknown): Value {
  if (json === UNKNOWN_TEXT) return UNKNOWN;
  if (type.kind === "object" && typeof json === "object" && json !== null) {
    const given = new Map(Object.entries(json));
    return {
      kind: "object",
      entries: new Map(type.attributes.entries().map(([name, of]) => [name, fromJson(of, given.get(name) ?? emptyOf(of))])),
    };
  }
  if ((type.kind === "list" || type.kind === "set") && Array.isArray(json))
    return {
      kind: type.kind,
      items: distinct(
        type.kind,
        json.map((item) => fromJson(type.element, item)),
      ),
    };
  if (type.kind === "map" && typeof json === "object" && json !== null)
    return { kind: "map", entries: new Map(Object.entries(json).map(([key, item]) => [key, fromJson(type.element, item)])) };
  return decodeJson(type, JSON.stringify(json));
}

/** A set holds a value once; two that are not known may differ. */
function distinct(kind: "list" | "set", items: readonly Value[]): readonly Value[] {
  if (kind === "list") return items;
  const known = new Map(items.filter(isWhollyKnown).map((item) => [fingerprint(item), item]));
  return [...known.values(), ...items.filter((item) => !isWhollyKnown(item))];
}

function emptyOf(type: CtyType): unknown {
  return (type.kind === "list" || type.kind === "set") && type.element.kind === "object" ? [] : null;
}

function toJson(value: Value): unknown {
  switch (value.kind) {
    case "null":
      return null;
    case "unknown":
      return UNKNOWN_TEXT;
    case "number":
      return Number(value.value);
    case "list":
    case "set":
    case "tuple":
      return value.items.map(toJson);
    case "map":
    case "object":
      return Object.fromEntries(value.entries.entries().map(([key, item]) => [key, toJson(item)]));
    case "dynamic":
      return toJson(value.value);
    default:
      return value.value;
  }
}

function seen(diagnostics: readonly MessageInitShape<typeof pb.DiagnosticSchema>[] | undefined): SeenDiagnostic[] {
  return (diagnostics ?? []).map((init) => {
    const { severity, summary, detail, attribute } = create(pb.DiagnosticSchema, init);
    const kind = severity === pb.Diagnostic_Severity.ERROR ? "error" : "warning";
    return { severity: kind, summary, detail, path: pathText(attribute?.steps ?? []) };
  });
}

function pathText(steps: readonly pb.AttributePath_Step[]): string {
  return steps
    .map(({ selector }) => (selector.case === "attributeName" ? `.${selector.value}` : `[${JSON.stringify(selector.value, bigintText)}]`))
    .join("")
    .replace(/^\./, "");
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
