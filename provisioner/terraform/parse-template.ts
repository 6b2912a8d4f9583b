import { create } from "@bufbuild/protobuf";
import { type TemplateVariable, TemplateVariableSchema } from "#proto/gen/provisioner_pb.js";
import { configurationFiles } from "./configuration-files.ts";
import { type Literal, plainTemplate, readLiteral } from "./hcl-literal.ts";
import { type HclAttribute, type HclBlock, scanBody, scanObject } from "./hcl-scan.ts";
import { isJsonObject, member, parseJsonObject, stringMember } from "./json.ts";
import { hclExpression, type JsonBlock, jsonBlocks } from "./json-syntax.ts";
import { readBytesInside } from "./read-inside.ts";

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

/** Reads a root module's source: its variables in the order of files and lines, its workspace tags, and its README. */
export async function parseTemplate(directory: string): Promise<ParsedTemplate> {
  const variables: TemplateVariable[] = [];
  const tags = new Map<string, string>();
  for await (const { name, syntax, text } of configurationFiles(directory)) {
    if (syntax === "hcl") {
      const { blocks } = scanBody(text);
      for (const block of blocks) {
        if (block.type === "variable") variables.push(readVariable(block));
        if (block.type === "data" && block.labels[0] === TAGS) addTags(tags, readTags(block, name));
      }
    } else {
      const file = parseJsonObject(text) ?? {};
      for (const block of jsonBlocks(file, "variable", 1)) variables.push(readJsonVariable(block));
      for (const block of jsonBlocks(file, "data", 2)) if (block.labels[0] === TAGS) addTags(tags, readJsonTags(block, name));
    }
  }
  const readme = (await readBytesInside(directory, "README.md")) ?? new Uint8Array();
  return { variables, workspaceTags: Object.fromEntries(tags), readme };
}

function readVariable(block: HclBlock): TemplateVariable {
  const attributes = new Map(scanBody(block.body).attributes.map(({ name, expression }) => [name, expression]));
  const text = (name: string): string => {
    const literal = readLiteral(attributes.get(name) ?? "");
    return typeof literal?.value === "string" ? literal.value : "";
  };
  const source = attributes.get("default");
  const literal = source === undefined ? undefined : readLiteral(source);
  return create(TemplateVariableSchema, {
    name: block.labels[0] ?? "",
    description: text("description"),
    type: attributes.get("type") ?? "",
    defaultValue: source === undefined ? "" : literal === undefined ? source : defaultText(literal.value),
    required: source === undefined || literal?.value === null,
    sensitive: attributes.get("sensitive") === "true",
  });
}

function defaultText(value: Literal): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readJsonVariable({ labels: [name = ""], body }: JsonBlock): TemplateVariable {
  const fallback = withoutEscapes(member(body, "default") ?? null);
  return create(TemplateVariableSchema, {
    name,
    description: plainTemplate(stringMember(body, "description") ?? ""),
    type: stringMember(body, "type") ?? "",
    defaultValue: fallback === null ? "" : typeof fallback === "string" ? fallback : JSON.stringify(fallback),
    required: fallback === null,
    sensitive: member(body, "sensitive") === true,
  });
}

/** Every string in Terraform's JSON is a template, even where nothing may be interpolated. */
function withoutEscapes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, item: unknown) => (typeof item === "string" ? plainTemplate(item) : item));
}

interface Tags {
  /** The place, for messages. */
  readonly where: string;
  readonly pairs: readonly { readonly key: string; readonly expression: string }[];
}

function readTags(block: HclBlock, file: string): Tags {
  const where = `${file} line ${block.line}, in data "${TAGS}" ${JSON.stringify(block.labels[1] ?? "")}`;
  const attribute = scanBody(block.body).attributes.find(({ name }: HclAttribute) => name === "tags");
  if (attribute === undefined) throw new TemplateParseError(`${where}: "tags" is required`);
  const pairs = scanObject(attribute.expression);
  if (pairs === undefined) throw new TemplateParseError(`${where}: "tags" must be a literal object`);
  return { where, pairs };
}

function readJsonTags({ labels, body }: JsonBlock, file: string): Tags {
  const where = `${file}, in data "${TAGS}" ${JSON.stringify(labels[1] ?? "")}`;
  const tags = member(body, "tags") ?? undefined;
  if (tags === undefined) throw new TemplateParseError(`${where}: "tags" is required`);
  if (!isJsonObject(tags)) throw new TemplateParseError(`${where}: "tags" must be a literal object`);
  return { where, pairs: Object.entries(tags).map(([key, value]) => ({ key, expression: hclExpression(value) })) };
}

function addTags(all: Map<string, string>, { where, pairs }: Tags): void {
  for (const { key, expression } of pairs) {
    if (all.has(key)) throw new TemplateParseError(`${where}: tag ${JSON.stringify(key)} is defined twice`);
    all.set(key, expression);
  }
}
