import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type Schema,
  type Schema_AttributeSchema,
  type Schema_BlockSchema,
  Schema_NestedBlock_NestingMode,
  type Schema_NestedBlockSchema,
  SchemaSchema,
} from "#proto/gen/tfplugin6_pb.js";
import { formatType } from "../cty/type.ts";
import type { Attribute } from "./attribute.ts";
import type { BlockSchema, NestedBlock } from "./block.ts";

const NESTING = {
  list: Schema_NestedBlock_NestingMode.LIST,
  set: Schema_NestedBlock_NestingMode.SET,
  single: Schema_NestedBlock_NestingMode.SINGLE,
} as const;

/** The form of a schema that is sent to Terraform. */
export function toProtoSchema(schema: BlockSchema, version: number, rules: "legacy" | "strict"): Schema {
  return create(SchemaSchema, { version: BigInt(version), block: protoBlock(schema, rules) });
}

function protoBlock(schema: BlockSchema, rules: "legacy" | "strict"): MessageInitShape<typeof Schema_BlockSchema> {
  return {
    attributes: sorted(schema.attributes).map(([name, attribute]) => protoAttribute(name, attribute, rules)),
    blockTypes: sorted(schema.blocks).map(([name, nested]) => protoNested(name, nested, rules)),
    description: schema.description ?? "",
  };
}

function protoAttribute(name: string, attribute: Attribute, rules: "legacy" | "strict"): MessageInitShape<typeof Schema_AttributeSchema> {
  const { mode } = attribute;
  return {
    name,
    type: Buffer.from(formatType(attribute.type.cty)),
    required: mode === "required",
    optional: mode !== "required" && mode !== "computed",
    // A default is a value that the provider supplies. Under legacy rules, Terraform is not told so, as in the first SDK.
    computed: mode === "computed" || mode === "optionalComputed" || (mode === "defaulted" && rules === "strict"),
    sensitive: attribute.sensitive ?? false,
    deprecated: attribute.deprecated !== undefined,
    description: attribute.description ?? "",
  };
}

function protoNested(name: string, nested: NestedBlock, rules: "legacy" | "strict"): MessageInitShape<typeof Schema_NestedBlockSchema> {
  return {
    typeName: name,
    block: { ...protoBlock(nested.schema, rules), description: nested.description ?? "", deprecated: nested.deprecated !== undefined },
    nesting: NESTING[nested.nesting],
    minItems: BigInt(nested.minItems ?? 0),
    maxItems: BigInt(nested.maxItems ?? 0),
  };
}

function sorted<T>(named: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(named).sort(([left], [right]) => (left < right ? -1 : 1));
}
