import type { TemplateVariable } from "#proto/gen/provisioner_pb.js";
import { configurationFiles } from "./configuration-files.ts";
import { type HclAttribute, type HclBlock, scanBody, scanObject } from "./hcl-scan.ts";
import { isJsonObject, member, parseJsonObject } from "./json.ts";
import { hclExpression, type JsonBlock, jsonBlocks } from "./json-syntax.ts";
import { readBytesInside } from "./read-inside.ts";
import { readJsonVariables, readVariable, VariableBlocks } from "./template-variables.ts";

export interface ParsedTemplate {
  readonly variables: readonly TemplateVariable[];
  /** Source text of the expressions, by tag. */
  readonly workspaceTags: Readonly<Record<string, string>>;
  readonly readme: Uint8Array;
}

const TAGS = "coder_workspace_tags";

/** A template whose tags cannot be used. The message names file and line. */
export class TemplateParseError extends Error {
  override readonly name = "TemplateParseError";
}

/**
 * Reads a root module's source: its variables in the order of files and lines, its workspace tags, and its README. What override files say of
 * the same block counts, as for Terraform. Defaults are as {@link literalJson} reads them; only a plan knows all of them.
 *
 * @throws TemplateParseError
 */
export async function parseTemplate(directory: string): Promise<ParsedTemplate> {
  const variables = new VariableBlocks();
  const blocks = new Map<string, Tags>();
  for await (const { name, syntax, isOverride, text } of configurationFiles(directory)) {
    const found: Tags[] = [];
    if (syntax === "hcl") {
      for (const block of scanBody(text).blocks) {
        if (block.type === "variable") variables.add(readVariable(block));
        if (block.type === "data" && block.labels[0] === TAGS) found.push(readTags(block, name));
      }
    } else {
      for (const variable of readJsonVariables(text)) variables.add(variable);
      for (const block of jsonBlocks(parseJsonObject(text) ?? {}, "data", 2))
        if (block.labels[0] === TAGS) found.push(readJsonTags(block, name));
    }
    for (const tags of found) {
      const before = blocks.get(tags.label);
      if (!isOverride || before === undefined || tags.pairs !== undefined) blocks.set(tags.label, tags);
    }
  }
  const tags = new Map<string, string>();
  for (const block of blocks.values()) addTags(tags, block);
  const readme = (await readBytesInside(directory, "README.md")) ?? new Uint8Array();
  return { variables: variables.messages(), workspaceTags: Object.fromEntries(tags), readme };
}

interface Tags {
  readonly label: string;
  /** The place, for messages. */
  readonly where: string;
  /** Undefined if the block has no tags, which only one in an override file may have. */
  readonly pairs: readonly { readonly key: string; readonly expression: string }[] | undefined;
}

function readTags(block: HclBlock, file: string): Tags {
  const where = `${file} line ${block.line}, in data "${TAGS}" ${JSON.stringify(block.labels[1] ?? "")}`;
  const label = block.labels[1] ?? "";
  const attribute = scanBody(block.body).attributes.find(({ name }: HclAttribute) => name === "tags");
  if (attribute === undefined) return { label, where, pairs: undefined };
  const pairs = scanObject(attribute.expression);
  if (pairs === undefined) throw new TemplateParseError(`${where}: "tags" must be a literal object`);
  return { label, where, pairs };
}

function readJsonTags({ labels, body }: JsonBlock, file: string): Tags {
  const where = `${file}, in data "${TAGS}" ${JSON.stringify(labels[1] ?? "")}`;
  const label = labels[1] ?? "";
  const tags = member(body, "tags") ?? undefined;
  if (tags === undefined) return { label, where, pairs: undefined };
  if (!isJsonObject(tags)) throw new TemplateParseError(`${where}: "tags" must be a literal object`);
  return { label, where, pairs: Object.entries(tags).map(([key, value]) => ({ key, expression: hclExpression(value) })) };
}

function addTags(all: Map<string, string>, { where, pairs }: Tags): void {
  if (pairs === undefined) throw new TemplateParseError(`${where}: "tags" is required`);
  for (const { key, expression } of pairs) {
    if (all.has(key)) throw new TemplateParseError(`${where}: tag ${JSON.stringify(key)} is defined twice`);
    all.set(key, expression);
  }
}
