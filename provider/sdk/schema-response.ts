import { type GetProviderSchema_Response, GetProviderSchema_ResponseSchema, type Schema } from "#proto/gen/tfplugin6_pb.js";
import { serializedOnce } from "#proto/grpc.ts";
import type { ValueRules } from "./rules/value-rules.ts";
import type { BlockSchema } from "./schema/block.ts";
import { toProtoSchema } from "./schema/to-proto.ts";

interface Versioned {
  readonly version: number;
  readonly schema: BlockSchema;
}

/** The answer to GetProviderSchema, the same for every instance, with its bytes. */
export function schemaResponse(provider: {
  readonly rules: ValueRules;
  readonly schema: BlockSchema;
  readonly resources: Readonly<Record<string, Versioned>>;
  readonly dataSources: Readonly<Record<string, Versioned>>;
}): GetProviderSchema_Response {
  const { name: rules } = provider.rules;
  const all = (types: Readonly<Record<string, Versioned>>): Record<string, Schema> =>
    Object.fromEntries(Object.entries(types).map(([type, { version, schema }]) => [type, toProtoSchema(schema, version, rules)]));
  return serializedOnce(GetProviderSchema_ResponseSchema, {
    provider: toProtoSchema(provider.schema, 0, rules),
    resourceSchemas: all(provider.resources),
    dataSourceSchemas: all(provider.dataSources),
    serverCapabilities: {
      // Every schema exists before the first call, so Terraform may reuse what it learned from another instance.
      getProviderSchemaOptional: true,
      planDestroy: false,
      moveResourceState: false,
      generateResourceConfig: false,
    },
  });
}
