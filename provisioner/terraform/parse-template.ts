import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { type TemplateVariable, TemplateVariableSchema } from "#proto/gen/provisioner_pb.js";
import { type Literal, readLiteral } from "./hcl-literal.ts";
import { type HclAttribute, type HclBlock, scanBody, scanObject } from "./hcl-scan.ts";
import { isJsonObject, type JsonObject, member, objectMember, parseJsonObject, stringMember } from "./json.ts";

export interface ParsedTemplate {
  readonly variables: readonly TemplateVariable[];
  /** Expressions as they stand in the source, by tag. */
  readonly workspaceTags: Readonly<Record<string, string>>;
  readonly readme: Uint8Array;
}

/** A template whose tags cannot be used. The message names file and line. */
export class TemplateParseError extends Error {
  override readonly name = "TemplateParseError";
}

/** What a root module says of itself in its source: variables in order of file and line, workspace tags, and the README. */
export async function parseTemplate(directory: string): Promise<ParsedTemplate> {
  const variables: TemplateVariable[] = [];
  const tags = new Map<string, string>();
  const names = (await readdir(directory)).sort();
  for (const name of names) {
    if (name.endsWith(".tf")) {
      const { blocks } = scanBody(await readFile(path.join(directory, name), "utf8"));
      for (const block of blocks) {
        if (block.type === "variable") variables.push(readVariable(block));
        if (block.type === "data" && block.labels[0] === "coder_workspace_tags") readTags(block, name, tags);
      }
    } else if (name.endsWith(".tf.json")) variables.push(...readJsonVariables(await readFile(path.join(directory, name), "utf8")));
  }
  const readme = await readFile(path.join(directory, "README.md")).catch(() => new Uint8Array());
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

/** Terraform's JSON syntax lets a block stand alone or in a list. */
function readJsonVariables(text: string): TemplateVariable[] {
  const file = parseJsonObject(text);
  const value = file === undefined ? undefined : member(file, "variable");
  const groups: JsonObject[] = Array.isArray(value) ? value.filter(isJsonObject) : isJsonObject(value) ? [value] : [];
  return groups.flatMap((group) =>
    Object.keys(group).map((name) => {
      const body = objectMember(group, name) ?? {};
      const fallback = member(body, "default") ?? null;
      return create(TemplateVariableSchema, {
        name,
        description: stringMember(body, "description") ?? "",
        type: stringMember(body, "type") ?? "",
        defaultValue: fallback === null ? "" : typeof fallback === "string" ? fallback : JSON.stringify(fallback),
        required: fallback === null,
        sensitive: member(body, "sensitive") === true,
      });
    }),
  );
}

function readTags(block: HclBlock, file: string, tags: Map<string, string>): void {
  const where = `${file} line ${block.line}, in data "coder_workspace_tags" ${JSON.stringify(block.labels[1] ?? "")}`;
  const attribute = scanBody(block.body).attributes.find(({ name }: HclAttribute) => name === "tags");
  if (attribute === undefined) throw new TemplateParseError(`${where}: "tags" is required`);
  const pairs = scanObject(attribute.expression);
  if (pairs === undefined) throw new TemplateParseError(`${where}: "tags" must be written out as an object`);
  for (const { key, expression } of pairs) {
    if (tags.has(key)) throw new TemplateParseError(`${where}: the tag ${JSON.stringify(key)} is defined twice`);
    tags.set(key, expression);
  }
}
