import { configurationFiles } from "./configuration-files.ts";
import { scanBody } from "./hcl-scan.ts";
import { parseJsonObject } from "./json.ts";
import { jsonBlocks } from "./json-syntax.ts";

/**
 * Whether a root module keeps its state in a file of its own choosing. CDK for Terraform says so in every template whose author did not
 * choose a backend, with an absolute path on the author's machine.
 */
export async function hasLocalBackend(directory: string): Promise<boolean> {
  for await (const { syntax, text } of configurationFiles(directory))
    if (syntax === "hcl" ? declaredInHcl(text) : declaredInJson(text)) return true;
  return false;
}

function declaredInHcl(text: string): boolean {
  // Most files have none, and reading them closely takes longer than looking for the word.
  if (!text.includes("backend")) return false;
  return scanBody(text)
    .blocks.filter(({ type }) => type === "terraform")
    .flatMap(({ body }) => scanBody(body).blocks)
    .some(({ type, labels }) => type === "backend" && labels[0] === "local");
}

function declaredInJson(text: string): boolean {
  const file = parseJsonObject(text);
  if (file === undefined) return false;
  return jsonBlocks(file, "terraform").some(({ body }) => jsonBlocks(body, "backend", 1).some(({ labels }) => labels[0] === "local"));
}
