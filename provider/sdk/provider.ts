import type { GenService } from "@bufbuild/protobuf/codegenv2";
import type { GetProviderSchema_Response, Provider as ProviderService } from "#proto/gen/tfplugin6_pb.js";
import type { Handlers } from "#proto/grpc.ts";
import type { Call, DataSource, Resource } from "./definition.ts";
import type { ValueRules } from "./rules/value-rules.ts";
import { type BlockSchema, checkSchema } from "./schema/block.ts";
import { toFields } from "./schema/translate.ts";
import type { Planned } from "./schema/typed.ts";
import { schemaResponse } from "./schema-response.ts";
import { type ConfiguredProvider, openSession } from "./session.ts";

/** The RPCs of Terraform's plugin protocol, version 6. An RPC that is left out answers UNIMPLEMENTED. */
export type ProviderHandlers = typeof ProviderService extends GenService<infer M> ? Handlers<M> : never;

/** Called with every error that is a bug in the provider, with its cause; Terraform gets a diagnostic. */
export type OnFault = (error: unknown, rpc: string) => void;

/** The parts of a provider, for code that reads its schema instead of calling it: documentation, tests. */
export interface SchemasOfProvider {
  readonly rules: ValueRules["name"];
  /** The provider block. */
  readonly provider: BlockSchema;
  readonly resources: Readonly<Record<string, SchemaOfType>>;
  readonly dataSources: Readonly<Record<string, SchemaOfType>>;
}

export interface SchemaOfType {
  readonly version: number;
  readonly schema: BlockSchema;
  /** Whether an existing object can change. Resources only. */
  readonly updatable?: boolean;
}

/** A provider, ready to be served either way: from this process, or as a program. */
export interface Provider {
  /** The prefix of its type names: `coder` for `coder_agent`. */
  readonly name: string;
  /**
   * The handlers of one provider instance: what ConfigureProvider sets applies only to these handlers. The host opens a connection for
   * each instance, so each connection gets its own handlers.
   *
   * @param ending an abort ends running calls, as StopProvider does. Default: never
   */
  open(onFault: OnFault, ending?: AbortSignal): ProviderHandlers;
}

/** A provider that was defined with schemas. */
export interface DefinedProvider extends Provider {
  readonly schemas: SchemasOfProvider;
}

export interface ProviderDefinition<S extends BlockSchema, C> {
  readonly name: string;
  readonly rules: ValueRules;
  /** The provider block. */
  readonly schema: S;
  /** Converts the provider block to what handlers need. During a plan, parts of the block may be unknown. */
  configure(config: Planned<S>, call: Omit<Call<unknown>, "configuration">): C | Promise<C>;
  /** By type name. */
  readonly resources: Readonly<Record<string, Resource<C>>>;
  readonly dataSources: Readonly<Record<string, DataSource<C>>>;
}

/** @throws TypeError if a schema could never work */
export function defineProvider<const S extends BlockSchema, C>(definition: ProviderDefinition<S, C>): DefinedProvider {
  const { name, rules, schema, resources, dataSources } = definition;
  checkSchema(schema, `provider ${name}`, rules.name);
  for (const [type, { schema: own }] of [...Object.entries(resources), ...Object.entries(dataSources)]) checkSchema(own, type, rules.name);
  let response: GetProviderSchema_Response | undefined;
  const configured: ConfiguredProvider<C> = {
    ...definition,
    schemaResponse: () => {
      response ??= schemaResponse(definition);
      return response;
    },
    configure: async (config, call) => definition.configure(toFields(schema, config, "planned") as Planned<S>, call),
  };
  return {
    name,
    schemas: { rules: rules.name, provider: schema, resources, dataSources },
    open: (onFault, ending) => openSession(configured, onFault, ending),
  };
}
