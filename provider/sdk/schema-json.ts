/** The schema of a provider in the format of `terraform providers schema -json`, for generators of code and documentation. */
import { type Schema_Block, type Schema_NestedBlock, Schema_NestedBlock_NestingMode } from "#proto/gen/tfplugin6_pb.js";
import type { SchemaOfType, SchemasOfProvider } from "./provider.ts";
import type { BlockSchema } from "./schema/block.ts";
import { toProtoSchema } from "./schema/to-proto.ts";

export interface ProviderSchemasJson {
  readonly format_version: "1.0";
  /** By source address, such as `registry.terraform.io/acme/widget`. */
  readonly provider_schemas: Readonly<Record<string, ProviderSchemaJson>>;
}

export interface ProviderSchemaJson {
  readonly provider: SchemaJson;
  readonly resource_schemas: Readonly<Record<string, SchemaJson>>;
  readonly data_source_schemas: Readonly<Record<string, SchemaJson>>;
}

export interface SchemaJson {
  readonly version: number;
  readonly block: BlockJson;
}

/** Omits what is false, empty or zero, as Terraform does. */
export interface BlockJson {
  readonly attributes?: Readonly<Record<string, AttributeJson>>;
  readonly block_types?: Readonly<Record<string, BlockTypeJson>>;
  readonly description?: string;
  readonly description_kind: "plain";
  readonly deprecated?: true;
}

export interface AttributeJson {
  /** A type as cty writes it: `"string"`, `["map","string"]`. */
  readonly type: unknown;
  readonly description?: string;
  readonly description_kind: "plain";
  readonly deprecated?: true;
  readonly required?: true;
  readonly optional?: true;
  readonly computed?: true;
  readonly sensitive?: true;
}

export interface BlockTypeJson {
  readonly nesting_mode: "single" | "list" | "set";
  readonly block: BlockJson;
  readonly min_items?: number;
  readonly max_items?: number;
}

/** @param address the full source address */
export function schemasJson(address: string, schemas: SchemasOfProvider): ProviderSchemasJson {
  const { rules } = schemas;
  const all = (types: Readonly<Record<string, SchemaOfType>>): Record<string, SchemaJson> =>
    Object.fromEntries(Object.entries(types).map(([type, { schema, version }]) => [type, schemaJson(schema, version, rules)]));
  const provider = schemaJson(schemas.provider, 0, rules);
  const json = { provider, resource_schemas: all(schemas.resources), data_source_schemas: all(schemas.dataSources) };
  return { format_version: "1.0", provider_schemas: { [address]: json } };
}

// Converts the wire format, so that the result contains nothing that Terraform is not told.
function schemaJson(schema: BlockSchema, version: number, rules: SchemasOfProvider["rules"]): SchemaJson {
  const { block } = toProtoSchema(schema, version, rules);
  if (block === undefined) throw new TypeError("a schema without a block");
  return { version, block: blockJson(block) };
}

function blockJson(block: Schema_Block): BlockJson {
  return {
    ...(block.attributes.length > 0 && {
      attributes: Object.fromEntries(block.attributes.map((attribute) => [attribute.name, attributeJson(attribute)])),
    }),
    ...(block.blockTypes.length > 0 && {
      block_types: Object.fromEntries(block.blockTypes.map((nested) => [nested.typeName, blockTypeJson(nested)])),
    }),
    ...(block.description !== "" && { description: block.description }),
    description_kind: "plain",
    ...(block.deprecated && { deprecated: true }),
  };
}

function attributeJson(attribute: Schema_Block["attributes"][number]): AttributeJson {
  return {
    type: JSON.parse(Buffer.from(attribute.type).toString("utf8")),
    ...(attribute.description !== "" && { description: attribute.description }),
    description_kind: "plain",
    ...(attribute.deprecated && { deprecated: true }),
    ...(attribute.required && { required: true }),
    ...(attribute.optional && { optional: true }),
    ...(attribute.computed && { computed: true }),
    ...(attribute.sensitive && { sensitive: true }),
  };
}

function blockTypeJson({ block, nesting, minItems, maxItems }: Schema_NestedBlock): BlockTypeJson {
  const mode = NESTING.get(nesting);
  if (block === undefined || mode === undefined) throw new TypeError(`a nested block of a kind that is not known here: ${nesting}`);
  return {
    nesting_mode: mode,
    block: blockJson(block),
    ...(minItems > 0n && { min_items: Number(minItems) }),
    ...(maxItems > 0n && { max_items: Number(maxItems) }),
  };
}

const { LIST, SET, SINGLE } = Schema_NestedBlock_NestingMode;
const NESTING: ReadonlyMap<Schema_NestedBlock_NestingMode, BlockTypeJson["nesting_mode"]> = new Map([
  [LIST, "list"],
  [SET, "set"],
  [SINGLE, "single"],
]);
