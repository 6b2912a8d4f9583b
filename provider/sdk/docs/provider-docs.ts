/**
 * The reference of a provider as Markdown, in the layout that the Terraform registry reads from a repository's docs/: one page for the
 * provider and one for each type, made from the schema and examples. This code does not read or write files: it works on texts.
 */
import type { SchemaOfType, SchemasOfProvider } from "../provider.ts";
import type { BlockSchema } from "../schema/block.ts";
import { renderPage } from "./page.ts";

/**
 * Reads a file from the folder of examples, in the registry's layout: `provider/provider.tf`, `resources/TYPE/resource.tf`,
 * `data-sources/TYPE/data-source.tf`. An optional `notes.md` beside each goes onto the page between example and schema.
 *
 * @returns undefined if there is none
 */
export type ReadExample = (path: string) => string | undefined;

/** Lists what is missing from the documentation. */
export class IncompleteDocsError extends Error {
  override readonly name = "IncompleteDocsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the documentation is not whole:\n${problems.join("\n")}`);
    this.problems = problems;
  }
}

/**
 * @returns pages by path: `index.md`, `resources/agent.md` (without the provider's prefix), `data-sources/workspace.md`
 * @throws IncompleteDocsError that names every type, block and attribute without a description, and every type without an example
 */
export function providerDocs({ name, schemas }: { name: string; schemas: SchemasOfProvider }, read: ReadExample): Map<string, string> {
  const problems = [...undescribed(schemas.provider, `provider ${name}`)];
  const example = (path: string): string => {
    const text = read(path);
    if (text === undefined) problems.push(`there is no example ${path}`);
    return text ?? "";
  };
  const pages = new Map<string, string>();
  const kinds = [
    { what: "Resource", folder: "resources", file: "resource.tf", types: schemas.resources },
    { what: "Data Source", folder: "data-sources", file: "data-source.tf", types: schemas.dataSources },
  ];
  const contents: string[] = [];
  for (const { what, folder, file, types } of kinds) {
    const sorted = Object.entries(types).toSorted(([left], [right]) => (left < right ? -1 : 1));
    const lines: string[] = [];
    for (const [type, of] of sorted) {
      problems.push(...undescribed(of.schema, type));
      const path = `${folder}/${withoutPrefix(type, name)}.md`;
      lines.push(`- [${type}](${path}): ${firstSentence(of.schema)}`);
      const page = renderPage({
        title: `${type} ${what} - terraform-provider-${name}`,
        heading: `${type} (${what})`,
        schema: of.schema,
        options: { updatable: isUpdatable(of) },
        remark: what === "Resource" && !isUpdatable(of) ? "Any change of its arguments makes a new one." : undefined,
        example: example(`${folder}/${type}/${file}`),
        notes: read(`${folder}/${type}/notes.md`),
      });
      pages.set(path, page);
    }
    if (lines.length > 0) contents.push(`## ${what}s`, lines.join("\n"));
  }
  const index = renderPage({
    title: `${name} Provider`,
    heading: `${name} Provider`,
    schema: schemas.provider,
    options: { updatable: false },
    example: example("provider/provider.tf"),
    notes: read("provider/notes.md"),
    appendix: contents.join("\n\n"),
  });
  if (problems.length > 0) throw new IncompleteDocsError(problems);
  return new Map([["index.md", index], ...pages]);
}

function isUpdatable({ updatable }: SchemaOfType): boolean {
  return updatable ?? false;
}

function withoutPrefix(type: string, provider: string): string {
  return type.startsWith(`${provider}_`) ? type.slice(provider.length + 1) : type;
}

function firstSentence({ description = "" }: BlockSchema): string {
  return /^.*?[.:](?=\s|$)/s.exec(description)?.[0].replace(/:$/, ".") ?? description;
}

function* undescribed(schema: BlockSchema, at: string, description = schema.description): Generator<string> {
  if (isBlank(description)) yield `${at} has no description`;
  for (const [name, attribute] of Object.entries(schema.attributes))
    if (isBlank(attribute.description)) yield `${at}.${name} has no description`;
  for (const [name, nested] of Object.entries(schema.blocks)) yield* undescribed(nested.schema, `${at}.${name}`, nested.description);
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}
