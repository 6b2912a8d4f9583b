import { configurationFiles } from "./configuration-files.ts";
import { scanBody } from "./hcl-scan.ts";
import { parseJsonObject } from "./json.ts";
import { jsonBlocks } from "./json-syntax.ts";

/**
 * Whether a root module keeps its state in a file of its own choosing. CDK for Terraform says so in every template whose author did not
 * choose a backend, with an absolute path on the author's machine.
 */
export async function hasLocalBackend(directory: string): Promise<boolean> {
  const [plain, overriding]: [string[], string[]] = [[], []];
  for await (const { name, syntax, text } of configurationFiles(directory)) {
    const found = syntax === "hcl" ? declaredInHcl(text) : declaredInJson(text);
    (isOverride(name) ? overriding : plain).push(...found);
  }
  return (overriding.at(-1) ?? plain[0]) === "local";
}

/** Files that Terraform reads after the others, and in which what is said again counts. */
function isOverride(name: string): boolean {
  return /(?:^|_)override\.tf(?:\.json)?$/.test(name);
}

/** The types of the backends; a `cloud` block stands in the place of one. */
function declaredInHcl(text: string): string[] {
  // Most files have none, and reading them closely takes longer than looking for the word.
  if (!/backend|cloud/.test(text)) return [];
  return scanBody(text)
    .blocks.filter(({ type }) => type === "terraform")
    .flatMap(({ body }) => scanBody(body).blocks)
    .flatMap(({ type, labels: [label = ""] }) => (type === "backend" ? [label] : type === "cloud" ? [type] : []));
}

function declaredInJson(text: string): string[] {
  const file = parseJsonObject(text);
  if (file === undefined) return [];
  return jsonBlocks(file, "terraform").flatMap(({ body }) => [
    ...jsonBlocks(body, "backend", 1).map(({ labels: [label = ""] }) => label),
    ...jsonBlocks(body, "cloud").map(() => "cloud"),
  ]);
}
