/** For tests: the part of Terraform that calls a provider, without the wire. Every message is still serialized and parsed again. */
import { create, type DescMessage, fromBinary, type MessageInitShape, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { Metadata } from "@grpc/grpc-js";
import * as pb from "#proto/gen/tfplugin6_pb.js";
import type { ServerCall } from "#proto/grpc-server.ts";
import { encodeJson } from "./cty/json.ts";
import { decodeMsgpack, encodeMsgpack } from "./cty/msgpack.ts";
import { type CtyType, list, object, parseType, set } from "./cty/type.ts";
import type { Value } from "./cty/value.ts";
import { proposedNew } from "./proposed-new.ts";
import type { Provider, ProviderHandlers } from "./provider.ts";

/** A provider's answer. A value that it left out is undefined. */
export interface ValueAnswer {
  /** The planned or the new state. */
  readonly state: Value | undefined;
  readonly diagnostics: readonly pb.Diagnostic[];
  readonly replaces: readonly (readonly pb.AttributePath_Step[])[];
  readonly privateBytes: Uint8Array;
}

export interface ValueChange {
  /** The prior state; null for a new object. */
  readonly prior: Value;
  /** Null for an object to be destroyed. */
  readonly config: Value;
  /** The private bytes that are stored with the prior state, or that were planned. */
  readonly privateBytes?: Uint8Array;
}

const NO_BYTES = new Uint8Array();

export class ValueHost {
  /** The errors that the provider reported as its own bugs. */
  readonly faults: unknown[] = [];
  readonly #rpc: Required<ProviderHandlers>;
  readonly #blocks = new Map<string, pb.Schema_Block>();
  readonly #types = new Map<string, CtyType>();

  private constructor(provider: Provider) {
    this.#rpc = provider.open((error) => this.faults.push(error)) as Required<ProviderHandlers>;
  }

  /** Learns the schema. */
  static async connect(provider: Provider): Promise<ValueHost> {
    const host = new ValueHost(provider);
    const response = carried(
      pb.GetProviderSchema_ResponseSchema,
      await host.#rpc.getProviderSchema(create(pb.GetProviderSchema_RequestSchema), call()),
    );
    host.#add("provider", response.provider);
    for (const [name, schema] of Object.entries(response.resourceSchemas)) host.#add(name, schema);
    for (const [name, schema] of Object.entries(response.dataSourceSchemas)) host.#add(`data.${name}`, schema);
    return host;
  }

  #add(name: string, schema: pb.Schema | undefined): void {
    if (schema?.block === undefined) return;
    this.#blocks.set(name, schema.block);
    this.#types.set(name, typeOfBlock(schema.block));
  }

  /** The names: `provider`, the resource types, and the data source types prefixed with `data.`. */
  get names(): readonly string[] {
    return [...this.#blocks.keys()];
  }

  /** The schema of a type, as sent to Terraform. */
  block(name: string): pb.Schema_Block {
    return known(this.#blocks, name);
  }

  type(name: string): CtyType {
    return known(this.#types, name);
  }

  async configure(config: Value): Promise<readonly pb.Diagnostic[]> {
    const request = carried(pb.ConfigureProvider_RequestSchema, { config: this.#pack("provider", config) });
    return carried(pb.ConfigureProvider_ResponseSchema, await this.#rpc.configureProvider(request, call())).diagnostics;
  }

  async validate(name: string, config: Value): Promise<readonly pb.Diagnostic[]> {
    const message = { typeName: name.replace("data.", ""), config: this.#pack(name, config) };
    if (name === "provider") {
      const request = carried(pb.ValidateProviderConfig_RequestSchema, message);
      return carried(pb.ValidateProviderConfig_ResponseSchema, await this.#rpc.validateProviderConfig(request, call())).diagnostics;
    }
    if (name.startsWith("data.")) {
      const request = carried(pb.ValidateDataResourceConfig_RequestSchema, message);
      return carried(pb.ValidateDataResourceConfig_ResponseSchema, await this.#rpc.validateDataResourceConfig(request, call())).diagnostics;
    }
    const request = carried(pb.ValidateResourceConfig_RequestSchema, message);
    return carried(pb.ValidateResourceConfig_ResponseSchema, await this.#rpc.validateResourceConfig(request, call())).diagnostics;
  }

  async plan(typeName: string, { prior, config, privateBytes = NO_BYTES }: ValueChange): Promise<ValueAnswer> {
    const request = carried(pb.PlanResourceChange_RequestSchema, {
      typeName,
      priorState: this.#pack(typeName, prior),
      config: this.#pack(typeName, config),
      proposedNewState: this.#pack(typeName, proposedNew(this.block(typeName), prior, config)),
      priorPrivate: privateBytes,
    });
    const response = carried(pb.PlanResourceChange_ResponseSchema, await this.#rpc.planResourceChange(request, call()));
    return {
      state: this.#unpack(typeName, response.plannedState),
      diagnostics: response.diagnostics,
      replaces: response.requiresReplace.map(({ steps }) => steps),
      privateBytes: response.plannedPrivate,
    };
  }

  /** @param planned null for an object to be destroyed */
  async apply(
    typeName: string,
    { planned, prior, config, privateBytes = NO_BYTES }: ValueChange & { readonly planned: Value },
  ): Promise<ValueAnswer> {
    const request = carried(pb.ApplyResourceChange_RequestSchema, {
      typeName,
      priorState: this.#pack(typeName, prior),
      plannedState: this.#pack(typeName, planned),
      config: this.#pack(typeName, config),
      plannedPrivate: privateBytes,
    });
    const response = carried(pb.ApplyResourceChange_ResponseSchema, await this.#rpc.applyResourceChange(request, call()));
    const { newState, diagnostics } = response;
    return { state: this.#unpack(typeName, newState), diagnostics, replaces: [], privateBytes: response.private };
  }

  async read(typeName: string, state: Value, privateBytes: Uint8Array = NO_BYTES): Promise<ValueAnswer> {
    const request = carried(pb.ReadResource_RequestSchema, { typeName, currentState: this.#pack(typeName, state), private: privateBytes });
    const response = carried(pb.ReadResource_ResponseSchema, await this.#rpc.readResource(request, call()));
    const { newState, diagnostics } = response;
    return { state: this.#unpack(typeName, newState), diagnostics, replaces: [], privateBytes: response.private };
  }

  /** @param json the attributes as in a state file */
  async upgrade(typeName: string, json: string): Promise<ValueAnswer> {
    const request = carried(pb.UpgradeResourceState_RequestSchema, { typeName, rawState: { json: Buffer.from(json) } });
    const { upgradedState, diagnostics } = carried(
      pb.UpgradeResourceState_ResponseSchema,
      await this.#rpc.upgradeResourceState(request, call()),
    );
    return { state: this.#unpack(typeName, upgradedState), diagnostics, replaces: [], privateBytes: NO_BYTES };
  }

  async import(typeName: string): Promise<readonly pb.Diagnostic[]> {
    const request = carried(pb.ImportResourceState_RequestSchema, { typeName, id: "x" });
    return carried(pb.ImportResourceState_ResponseSchema, await this.#rpc.importResourceState(request, call())).diagnostics;
  }

  async readData(typeName: string, config: Value): Promise<ValueAnswer> {
    const request = carried(pb.ReadDataSource_RequestSchema, { typeName, config: this.#pack(`data.${typeName}`, config) });
    const { state, diagnostics } = carried(pb.ReadDataSource_ResponseSchema, await this.#rpc.readDataSource(request, call()));
    return { state: this.#unpack(`data.${typeName}`, state), diagnostics, replaces: [], privateBytes: NO_BYTES };
  }

  /** A state as in a state file. */
  storedJson(typeName: string, state: Value): string {
    return encodeJson(this.type(typeName), state);
  }

  #pack(name: string, value: Value): { msgpack: Uint8Array } {
    return { msgpack: encodeMsgpack(this.type(name), value) };
  }

  #unpack(name: string, message: pb.DynamicValue | undefined): Value | undefined {
    return message === undefined ? undefined : decodeMsgpack(this.type(name), message.msgpack);
  }
}

/** The type of a block's value, from the schema that was sent to Terraform. */
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

/** Creates a signal per call, as on the wire: with one signal, the listeners of all calls would accumulate. */
function call(): ServerCall {
  return { signal: new AbortController().signal, metadata: new Metadata(), peer: "test" };
}

function carried<T extends DescMessage>(schema: T, message: MessageInitShape<T>): MessageShape<T> {
  return fromBinary(schema, toBinary(schema, create(schema, message)));
}

function known<T>(all: ReadonlyMap<string, T>, name: string): T {
  const found = all.get(name);
  if (found === undefined) throw new Error(`no schema of ${name}`);
  return found;
}
