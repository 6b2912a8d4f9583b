/** The sentences after a name in the lists of a schema: the author's description, and what the schema itself implies. */
import { type Attribute, isComputed } from "../schema/attribute.ts";
import type { NestedBlock } from "../schema/block.ts";
import { typeName } from "./type-name.ts";

/** The parts of an attribute's or a block's text that depend on the whole page. */
export interface TextOptions {
  /** Whether a change of this one creates a new object while a change of others does not, so that the text must say so. */
  readonly tellsReplacement: boolean;
}

export function attributeText(attribute: Attribute, options: TextOptions): string {
  const traits = [
    typeName(attribute.type.cty),
    ...(attribute.sensitive === true ? ["Sensitive"] : []),
    ...(attribute.deprecated === undefined ? [] : ["Deprecated"]),
  ];
  return sentences([
    `(${traits.join(", ")})`,
    attribute.description,
    ...(attribute.validate ?? []).map(({ accepts }) => (accepts === undefined || repeats(attribute.description, accepts) ? "" : accepts)),
    attribute.default === undefined ? "" : `Default: \`${valueText(attribute.default)}\`.`,
    ...restrictions(attribute, options, attribute.replace === true && !isComputed(attribute)),
  ]);
}

export function blockText(nested: NestedBlock, options: TextOptions): string {
  const { nesting, minItems = 0, maxItems = 0, deprecated, description } = nested;
  const traits = [
    nesting === "list" ? "Block List" : nesting === "set" ? "Block Set" : "Block, Optional",
    ...(minItems > 0 ? [`Min: ${minItems}`] : []),
    ...(maxItems > 0 ? [`Max: ${maxItems}`] : []),
    ...(deprecated === undefined ? [] : ["Deprecated"]),
  ];
  return sentences([`(${traits.join(", ")})`, description, ...restrictions(nested, options, nested.replace === true)]);
}

function restrictions(of: Attribute | NestedBlock, { tellsReplacement }: TextOptions, replaces: boolean): string[] {
  const others = of.conflictsWith ?? [];
  return [
    others.length === 0 ? "" : `Not together with ${others.map((name) => `\`${withoutIndices(name)}\``).join(", ")}.`,
    of.deprecated === undefined ? "" : `**Deprecated:** ${ended(of.deprecated)}`,
    tellsReplacement && replaces ? "A change makes a new object." : "",
  ];
}

function sentences(parts: readonly (string | undefined)[]): string {
  return parts.flatMap((part) => (part === undefined || part === "" ? [] : [withoutHtml(part)])).join(" ");
}

/** Escapes text that would be mistaken for an HTML tag and not shown. Code spans need no escaping. */
function withoutHtml(text: string): string {
  return text.replaceAll(/`[^`]*`|</g, (found) => (found === "<" ? "\\<" : found));
}

/** Whether the text already has the sentence, or every name that the sentence shows as code. */
function repeats(text: string | undefined, sentence: string): boolean {
  if (text === undefined) return false;
  const names = sentence.match(/`[^`]+`/g) ?? [];
  if (names.length > 0) return names.every((name) => text.includes(name));
  return text.toLowerCase().includes(sentence.toLowerCase().replace(/\.$/, ""));
}

function valueText(value: unknown): string {
  return typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}

/** Shows `validation.0.min` to readers as `validation.min`. */
function withoutIndices(dotted: string): string {
  return dotted.replaceAll(/\.\d+(?=\.)/g, "");
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
