import type { Attribute } from "../schema/attribute.ts";
import type { BlockSchema, NestedBlock } from "../schema/block.ts";
import { attributeText, blockText } from "./attribute-text.ts";
import { objectIn, typeName } from "./type-name.ts";

export interface SchemaSectionOptions {
  /** Whether some changes are made in place, so that the others must be marked. */
  readonly updatable: boolean;
}

type Group = "Required" | "Optional" | "Read-Only";
const GROUPS: readonly Group[] = ["Required", "Optional", "Read-Only"];

interface Entry {
  readonly name: string;
  readonly group: Group;
  readonly text: string;
  readonly nested?: Nested;
}

/** A nested schema, under its own heading. */
interface Nested {
  readonly anchor: string;
  readonly path: string;
  readonly entries: readonly Entry[];
}

/**
 * The part of a page that lists the arguments and the read-only attributes, in the form of the Terraform registry: three lists, followed by
 * nested schemas with anchors.
 */
export function schemaSection(schema: BlockSchema, { updatable }: SchemaSectionOptions): string {
  const entries = entriesOf(schema, [], { tellsReplacement: updatable });
  return ["## Schema", ...lists(entries, (group) => `### ${group}`), ...nestedSections(entries)].join("\n\n");
}

function entriesOf(schema: BlockSchema, path: readonly string[], options: { tellsReplacement: boolean }): Entry[] {
  return [
    ...Object.entries(schema.attributes).map(([name, attribute]) => attributeEntry(name, attribute, path, options)),
    ...Object.entries(schema.blocks).map(([name, nested]) => blockEntry(name, nested, path, options)),
  ].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function attributeEntry(name: string, attribute: Attribute, path: readonly string[], options: { tellsReplacement: boolean }): Entry {
  const group = groupOf(attribute);
  const text = attributeText(attribute, options);
  const inner = objectIn(attribute.type.cty);
  if (inner === undefined) return { name, group, text };
  const entries = inner.attributes
    .entries()
    .map(([key, type]) => ({ name: key, group, text: `(${typeName(type)})` }))
    .toArray();
  return { name, group, text, nested: { ...place("nestedatt", [...path, name]), entries } };
}

function blockEntry(name: string, nested: NestedBlock, path: readonly string[], options: { tellsReplacement: boolean }): Entry {
  const own = [...path, name];
  const entries = entriesOf(nested.schema, own, options);
  const group = (nested.minItems ?? 0) > 0 ? "Required" : "Optional";
  return { name, group, text: blockText(nested, options), nested: { ...place("nestedblock", own), entries } };
}

function groupOf({ mode, unconfigurable }: Attribute): Group {
  if (mode === "required") return "Required";
  return mode === "computed" || unconfigurable === true ? "Read-Only" : "Optional";
}

function place(kind: string, path: readonly string[]): { anchor: string; path: string } {
  return { anchor: [kind, ...path].join("--"), path: path.join(".") };
}

function lists(entries: readonly Entry[], heading: (group: Group) => string): string[] {
  return GROUPS.flatMap((group) => {
    const own = entries.filter((entry) => entry.group === group);
    return own.length === 0 ? [] : [heading(group), own.map(line).join("\n")];
  });
}

function line({ name, text, nested }: Entry): string {
  return `- \`${name}\` ${text}${nested === undefined ? "" : ` (see [below for nested schema](#${nested.anchor}))`}`;
}

function nestedSections(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ nested }) => {
    if (nested === undefined) return [];
    const heading = `<a id="${nested.anchor}"></a>\n### Nested Schema for \`${nested.path}\``;
    return [heading, ...lists(nested.entries, (group) => `${group}:`), ...nestedSections(nested.entries)];
  });
}
