import type { MessageInitShape } from "@bufbuild/protobuf";
import type { DiagnosticSchema, GetProviderSchema_Response } from "#proto/gen/tfplugin6_pb.js";
import type { ServerCall } from "#proto/grpc-server.ts";
import { NULL, type Value } from "./cty/value.ts";
import type { Call, DataSource, Resource, ResourceCall } from "./definition.ts";
import { DiagnosticError, Diagnostics } from "./diagnostic.ts";
import type { OnFault, ProviderHandlers } from "./provider.ts";
import type { ValueRules } from "./rules/value-rules.ts";
import { type BlockSchema, typeOf } from "./schema/block.ts";
import { transform } from "./schema/transform.ts";
import { validate } from "./schema/validate.ts";
import { fromDynamic, fromStoredJson, sameBytes, toDynamic, toProtoDiagnostic, toProtoPath } from "./wire.ts";

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
/** What a running RPC can use. */
type Running = Pick<Call<unknown>, "diagnostics" | "signal">;

const NO_BYTES = new Uint8Array();

/**
 * The protocol's RPCs for one provider instance. Failures are answered with diagnostics, never with a gRPC error, because after a gRPC
 * error Terraform has no state at all.
 */
export function openSession<C>(provider: ConfiguredProvider<C>, onFault: OnFault, ending?: AbortSignal): ProviderHandlers {
  const { rules } = provider;
  const legacyTypeSystem = rules.name === "legacy";
  // Does not use AbortSignal.any of the call's signal and a shared one: its listeners would stay alive as long as the session.
  const running = new Set<AbortController>();
  let stopped: unknown;
  const stop = (reason: unknown): void => {
    stopped = reason;
    for (const controller of running) controller.abort(reason);
  };
  ending?.addEventListener("abort", () => stop(ending.reason), { once: true });
  let configured: { readonly configuration: C } | undefined;

  const answer = async <T extends object>(
    rpc: string,
    { signal }: Pick<ServerCall, "signal">,
    run: (running: Running) => T | Promise<T>,
  ): Promise<Partial<T> & Findings> => {
    const diagnostics = new Diagnostics();
    const controller = new AbortController();
    const giveUp = (): void => controller.abort(signal.reason);
    if (stopped !== undefined) controller.abort(stopped);
    else if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
    running.add(controller);
    let result: Partial<T> = {};
    try {
      result = await run({ diagnostics, signal: controller.signal });
    } catch (error) {
      if (error instanceof DiagnosticError) diagnostics.add([error.diagnostic]);
      else if (controller.signal.aborted && isAbort(error, controller.signal)) {
        const detail = `What it was doing may be half done: ${describe(controller.signal.reason)}.`;
        diagnostics.error({ summary: `The ${provider.name} provider was interrupted in ${rpc}`, detail });
      } else {
        onFault(error, rpc);
        const detail = `${describe(error)}\n\nThis is a fault of the provider, not of the configuration.`;
        diagnostics.error({ summary: `The ${provider.name} provider failed in ${rpc}`, detail });
      }
    } finally {
      running.delete(controller);
      signal.removeEventListener("abort", giveUp);
    }
    return { ...result, diagnostics: diagnostics.all.map(toProtoDiagnostic) };
  };
  const callWith = (running: Running): Call<C> => {
    if (configured === undefined) throw new DiagnosticError({ summary: `The ${provider.name} provider is not configured` });
    return { ...running, configuration: configured.configuration };
  };
  const resourceCall = (running: Running, privateBytes: Uint8Array): { call: ResourceCall<C>; privateBytes: () => Uint8Array } => {
    let kept = privateBytes;
    const keepPrivate = (bytes: Uint8Array): void => {
      kept = bytes;
    };
    return { call: { ...callWith(running), privateBytes, keepPrivate }, privateBytes: () => kept };
  };
  const resource = (type: string): Resource<C> => known(provider.resources, type, "resource");
  const dataSource = (type: string): DataSource<C> => known(provider.dataSources, type, "data source");

  return {
    getProviderSchema: async () => provider.schemaResponse(),

    getMetadata: async () => ({
      resources: Object.keys(provider.resources).map((typeName) => ({ typeName })),
      dataSources: Object.keys(provider.dataSources).map((typeName) => ({ typeName })),
      ...(provider.schemaResponse().serverCapabilities === undefined
        ? {}
        : { serverCapabilities: provider.schemaResponse().serverCapabilities }),
    }),

    getResourceIdentitySchemas: async () => ({}),

    validateProviderConfig: ({ config }, call) =>
      answer("ValidateProviderConfig", call, ({ diagnostics }) => {
        diagnostics.add(validate(provider.schema, fromDynamic(typeOf(provider.schema), config)));
        return {};
      }),

    validateResourceConfig: ({ typeName, config }, call) =>
      answer("ValidateResourceConfig", call, ({ diagnostics }) => {
        const { schema } = resource(typeName);
        diagnostics.add(validate(schema, fromDynamic(typeOf(schema), config)));
        return {};
      }),

    validateDataResourceConfig: ({ typeName, config }, call) =>
      answer("ValidateDataResourceConfig", call, ({ diagnostics }) => {
        const { schema } = dataSource(typeName);
        diagnostics.add(validate(schema, fromDynamic(typeOf(schema), config)));
        return {};
      }),

    configureProvider: ({ config }, call) =>
      answer("ConfigureProvider", call, async (running) => {
        const value = fromDynamic(typeOf(provider.schema), config);
        configured = { configuration: await provider.configure(value, running) };
        return {};
      }),

    upgradeResourceState: ({ typeName, version, rawState }, call) =>
      answer("UpgradeResourceState", call, () => {
        const { schema, version: own } = resource(typeName);
        if (version > BigInt(own)) {
          const detail = `It has version ${version}, and this provider knows ${own}: a newer provider wrote it, and only such a one can read it.`;
          throw new DiagnosticError({ summary: `The stored state of ${typeName} is newer than the provider`, detail });
        }
        const json = rawState?.json ?? NO_BYTES;
        if (json.length === 0) throw new DiagnosticError({ summary: `The stored state of ${typeName} is of a Terraform before 0.12` });
        const type = typeOf(schema);
        const stored = fromStoredJson(type, json, `The stored state of ${typeName}`);
        return { upgradedState: toDynamic(type, withEmptyBlocks(schema, stored)) };
      }),

    readResource: ({ typeName, currentState, private: privateBytes }, call) =>
      answer("ReadResource", call, async (running) => {
        const own = resource(typeName);
        const type = typeOf(own.schema);
        const state = fromDynamic(type, currentState);
        // Terraform drops private bytes that are not sent back.
        if (state.kind === "null") return { newState: toDynamic(type, NULL), private: privateBytes };
        const { call, ...kept } = resourceCall(running, privateBytes);
        const newState = toDynamic(type, await own.read(state, call));
        return { newState, private: kept.privateBytes() };
      }),

    planResourceChange: (request, call) =>
      answer("PlanResourceChange", call, (running) => {
        const own = resource(request.typeName);
        const type = typeOf(own.schema);
        const [prior, proposed] = [fromDynamic(type, request.priorState), fromDynamic(type, request.proposedNewState)];
        const common = { plannedPrivate: request.priorPrivate, legacyTypeSystem };
        if (proposed.kind === "null") return { ...common, plannedState: toDynamic(type, NULL) };
        // For a new object, Terraform often proposes exactly what is configured, byte for byte.
        const config = sameBytes(request.config, request.proposedNewState) ? proposed : present(fromDynamic(type, request.config));
        const { planned, requiresReplace } = rules.planResource(own.schema, { prior, proposed, config, updatable: own.updatable });
        if (planned !== prior) own.plan(planned, { ...callWith(running), isNew: prior.kind === "null" || requiresReplace.length > 0 });
        return { ...common, plannedState: toDynamic(type, planned), requiresReplace: requiresReplace.map(toProtoPath) };
      }),

    applyResourceChange: (request, call) =>
      answer("ApplyResourceChange", call, async (running) => {
        const own = resource(request.typeName);
        const type = typeOf(own.schema);
        const [prior, planned] = [fromDynamic(type, request.priorState), fromDynamic(type, request.plannedState)];
        const isNew = prior.kind === "null";
        const { call, privateBytes } = resourceCall(running, isNew ? NO_BYTES : request.plannedPrivate);
        if (planned.kind === "null") {
          if (!isNew) await own.delete(prior, call);
          return { newState: toDynamic(type, NULL), legacyTypeSystem };
        }
        const state = isNew ? await own.create(planned, rules, call) : await own.update(planned, prior, rules, call);
        return { newState: toDynamic(type, state), private: privateBytes(), legacyTypeSystem };
      }),

    importResourceState: ({ typeName }, call) =>
      answer("ImportResourceState", call, () => {
        throw new DiagnosticError({ summary: `resource ${typeName} doesn't support import` });
      }),

    readDataSource: ({ typeName, config }, call) =>
      answer("ReadDataSource", call, async (running) => {
        const own = dataSource(typeName);
        const type = typeOf(own.schema);
        const state = await own.read(present(fromDynamic(type, config)), rules, callWith(running));
        return { state: toDynamic(type, state) };
      }),

    stopProvider: async () => {
      stop(new Error("Terraform was interrupted"));
      return {};
    },
  };
}

/** Whether the call ended because it was told to, whatever it was waiting for. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && (error.name === "AbortError" || error.cause === signal.reason));
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function present(config: Value): Value {
  if (config.kind === "null") throw new DiagnosticError({ summary: "Terraform sent no configuration" });
  return config;
}

function known<T>(types: Readonly<Record<string, T>>, name: string, what: string): T {
  const found = Object.hasOwn(types, name) ? types[name] : undefined;
  if (found === undefined) throw new DiagnosticError({ summary: `The provider has no ${what} of type ${name}` });
  return found;
}

/** Terraform does not allow null for blocks, and states stored by other versions may lack some blocks. */
function withEmptyBlocks(schema: BlockSchema, state: Value): Value {
  return transform(schema, state, {
    nested: ({ nesting }, value) => (value.kind === "null" && nesting !== "single" ? { kind: nesting, items: [] } : value),
  });
}
