import type { MessageInitShape } from "@bufbuild/protobuf";
import type { DiagnosticSchema, GetProviderSchema_Response } from "#proto/gen/tfplugin6_pb.js";
import { decodeJson } from "./cty/json.ts";
import { NULL, type Value } from "./cty/value.ts";
import type { Call, DataSource, Resource, ResourceCall } from "./definition.ts";
import { DiagnosticError, Diagnostics } from "./diagnostic.ts";
import type { OnFault, ProviderHandlers } from "./provider.ts";
import type { ValueRules } from "./rules/value-rules.ts";
import { type BlockSchema, typeOf } from "./schema/block.ts";
import { transform } from "./schema/transform.ts";
import { validate } from "./schema/validate.ts";
import { fromDynamic, toDynamic, toProtoDiagnostic, toProtoPath } from "./wire.ts";

export interface ConfiguredProvider<C> {
  readonly name: string;
  readonly rules: ValueRules;
  readonly schema: BlockSchema;
  readonly resources: Readonly<Record<string, Resource<C>>>;
  readonly dataSources: Readonly<Record<string, DataSource<C>>>;
  readonly schemaResponse: () => GetProviderSchema_Response;
  configure(config: Value, call: Omit<Call<unknown>, "configuration">): Promise<C>;
}

type Findings = { readonly diagnostics: MessageInitShape<typeof DiagnosticSchema>[] };

const NO_BYTES = new Uint8Array();

/**
 * The protocol's RPCs for one provider instance. Whatever goes wrong in one is answered with diagnostics, never with a gRPC error:
 * after one of those Terraform knows no state at all.
 */
export function openSession<C>(provider: ConfiguredProvider<C>, onFault: OnFault): ProviderHandlers {
  const { rules } = provider;
  const legacyTypeSystem = rules.name === "legacy";
  const stopped = new AbortController();
  let configured: { readonly configuration: C } | undefined;

  const answer = async <T extends object>(
    rpc: string,
    run: (diagnostics: Diagnostics) => T | Promise<T>,
  ): Promise<Partial<T> & Findings> => {
    const diagnostics = new Diagnostics();
    let result: Partial<T> = {};
    try {
      result = await run(diagnostics);
    } catch (error) {
      if (error instanceof DiagnosticError) diagnostics.add([error.diagnostic]);
      else {
        onFault(error, rpc);
        const detail = `${error instanceof Error ? error.message : String(error)}\n\nThis is a fault of the provider, not of the configuration.`;
        diagnostics.error({ summary: `The ${provider.name} provider failed in ${rpc}`, detail });
      }
    }
    return { ...result, diagnostics: diagnostics.all.map(toProtoDiagnostic) };
  };
  const callWith = (diagnostics: Diagnostics, signal: AbortSignal): Call<C> => {
    if (configured === undefined) throw new DiagnosticError({ summary: `The ${provider.name} provider is not configured` });
    return { configuration: configured.configuration, diagnostics, signal: AbortSignal.any([signal, stopped.signal]) };
  };
  const resourceCall = (call: Call<C>, privateBytes: Uint8Array): { call: ResourceCall<C>; privateBytes: () => Uint8Array } => {
    let kept = privateBytes;
    const keepPrivate = (bytes: Uint8Array): void => {
      kept = bytes;
    };
    return { call: { ...call, privateBytes, keepPrivate }, privateBytes: () => kept };
  };
  const resource = (type: string): Resource<C> => known(provider.resources, type, "resource");
  const dataSource = (type: string): DataSource<C> => known(provider.dataSources, type, "data source");

  return {
    getProviderSchema: async () => provider.schemaResponse(),

    validateProviderConfig: ({ config }) =>
      answer("ValidateProviderConfig", (diagnostics) => {
        diagnostics.add(validate(provider.schema, fromDynamic(typeOf(provider.schema), config)));
        return {};
      }),

    validateResourceConfig: ({ typeName, config }) =>
      answer("ValidateResourceConfig", (diagnostics) => {
        const { schema } = resource(typeName);
        diagnostics.add(validate(schema, fromDynamic(typeOf(schema), config)));
        return {};
      }),

    validateDataResourceConfig: ({ typeName, config }) =>
      answer("ValidateDataResourceConfig", (diagnostics) => {
        const { schema } = dataSource(typeName);
        diagnostics.add(validate(schema, fromDynamic(typeOf(schema), config)));
        return {};
      }),

    configureProvider: ({ config }, { signal }) =>
      answer("ConfigureProvider", async (diagnostics) => {
        const value = fromDynamic(typeOf(provider.schema), config);
        const call = { diagnostics, signal: AbortSignal.any([signal, stopped.signal]) };
        configured = { configuration: await provider.configure(value, call) };
        return {};
      }),

    upgradeResourceState: ({ typeName, rawState }) =>
      answer("UpgradeResourceState", () => {
        const { schema } = resource(typeName);
        const json = rawState?.json ?? NO_BYTES;
        if (json.length === 0) throw new DiagnosticError({ summary: `The stored state of ${typeName} is of a Terraform before 0.12` });
        const type = typeOf(schema);
        const stored = decodeJson(type, Buffer.from(json).toString("utf8"), { unknownAttributes: "drop" });
        return { upgradedState: toDynamic(type, withEmptyBlocks(schema, stored)) };
      }),

    readResource: ({ typeName, currentState, private: privateBytes }, { signal }) =>
      answer("ReadResource", async (diagnostics) => {
        const own = resource(typeName);
        const type = typeOf(own.schema);
        const state = fromDynamic(type, currentState);
        // Terraform drops private bytes that are not sent back.
        if (state.kind === "null") return { newState: toDynamic(type, NULL), private: privateBytes };
        const { call, ...kept } = resourceCall(callWith(diagnostics, signal), privateBytes);
        const newState = toDynamic(type, await own.read(state, call));
        return { newState, private: kept.privateBytes() };
      }),

    planResourceChange: (request, { signal }) =>
      answer("PlanResourceChange", (diagnostics) => {
        const own = resource(request.typeName);
        const type = typeOf(own.schema);
        const [prior, proposed, config] = [request.priorState, request.proposedNewState, request.config].map((of) => fromDynamic(type, of));
        const common = { plannedPrivate: request.priorPrivate, legacyTypeSystem };
        if (prior === undefined || config === undefined || proposed === undefined || proposed.kind === "null")
          return { ...common, plannedState: toDynamic(type, NULL) };
        const { planned, requiresReplace } = rules.planResource(own.schema, { prior, proposed, config, updatable: own.updatable });
        if (planned !== prior)
          own.plan(planned, { ...callWith(diagnostics, signal), isNew: prior.kind === "null" || requiresReplace.length > 0 });
        return { ...common, plannedState: toDynamic(type, planned), requiresReplace: requiresReplace.map(toProtoPath) };
      }),

    applyResourceChange: (request, { signal }) =>
      answer("ApplyResourceChange", async (diagnostics) => {
        const own = resource(request.typeName);
        const type = typeOf(own.schema);
        const [prior, planned] = [fromDynamic(type, request.priorState), fromDynamic(type, request.plannedState)];
        const isNew = prior.kind === "null";
        const { call, privateBytes } = resourceCall(callWith(diagnostics, signal), isNew ? NO_BYTES : request.plannedPrivate);
        if (planned.kind === "null") {
          await own.delete(prior, call);
          return { newState: toDynamic(type, NULL), legacyTypeSystem };
        }
        const state = isNew ? await own.create(planned, rules, call) : await own.update(planned, prior, rules, call);
        return { newState: toDynamic(type, state), private: privateBytes(), legacyTypeSystem };
      }),

    importResourceState: ({ typeName }) =>
      answer("ImportResourceState", () => {
        throw new DiagnosticError({ summary: `resource ${typeName} doesn't support import` });
      }),

    readDataSource: ({ typeName, config }, { signal }) =>
      answer("ReadDataSource", async (diagnostics) => {
        const own = dataSource(typeName);
        const type = typeOf(own.schema);
        const state = await own.read(fromDynamic(type, config), rules, callWith(diagnostics, signal));
        return { state: toDynamic(type, state) };
      }),

    stopProvider: async () => {
      stopped.abort(new Error("Terraform was interrupted"));
      return {};
    },
  };
}

function known<T>(types: Readonly<Record<string, T>>, name: string, what: string): T {
  const found = Object.hasOwn(types, name) ? types[name] : undefined;
  if (found === undefined) throw new DiagnosticError({ summary: `The provider has no ${what} of type ${name}` });
  return found;
}

/** Terraform has no null where blocks stand, and stored states of other versions lack some. */
function withEmptyBlocks(schema: BlockSchema, state: Value): Value {
  return transform(schema, state, {
    nested: ({ nesting }, value) => (value.kind === "null" && nesting !== "single" ? { kind: nesting, items: [] } : value),
  });
}
