import type { BlockSchema } from "../schema/block.ts";
import { type SchemaSectionOptions, schemaSection } from "./schema-section.ts";

export interface Page {
  /** The title in the browser's tab and in the registry's index. */
  readonly title: string;
  readonly heading: string;
  readonly schema: BlockSchema;
  readonly options: SchemaSectionOptions;
  /** Terraform code. */
  readonly example: string;
  /** Markdown with headings of the second level and below, for what a schema cannot say. */
  readonly notes?: string | undefined;
  /** Markdown for the end of the page. */
  readonly appendix?: string | undefined;
  /** One sentence after the description. */
  readonly remark?: string | undefined;
}

/** One page in the layout of the Terraform registry. */
export function renderPage(page: Page): string {
  const description = page.schema.description ?? "";
  const front = [
    "---",
    "# Made from the provider's schema and its examples. Changes belong there.",
    `page_title: ${JSON.stringify(page.title)}`,
    'subcategory: ""',
    "description: |-",
    ...description.split("\n").map((line) => `  ${line}`.trimEnd()),
    "---",
  ].join("\n");
  const parts = [
    front,
    `# ${page.heading}`,
    [description, page.remark].filter(Boolean).join(" "),
    "## Example Usage",
    `\`\`\`terraform\n${page.example.trim()}\n\`\`\``,
    page.notes?.trim(),
    schemaSection(page.schema, page.options),
    page.appendix,
  ];
  return `${parts.filter((part) => part !== undefined && part !== "").join("\n\n")}\n`;
}
