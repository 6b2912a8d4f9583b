import { configurationFiles } from "./configuration-files.ts";
import { scanBody } from "./hcl-scan.ts";
import { parseJsonObject } from "./json.ts";
import { jsonBlocks } from "./json-syntax.ts";

/**
 * Whether a root module configures a `local` backend, which may name another state file. CDK for Terraform adds one to every template whose
 * author did not choose a backend, with an absolute path on the author's machine.
 */
export async function hasLocalBackend(directory: string): Promise<boolean> {
  const [plain, overriding]: [string[], string[]] = [[], []];
  for await (const { name, syntax, text } of configurationFiles(directory)) {
    const found = syntax === "hcl" ? declaredInHcl(text) : declaredInJson(text);
    (isOverride(name) ? overriding : plain).push(...found);
  }
  return (overriding.at(-1) ?? plain[0]) === "local";
}

/** Matches files that Terraform reads after the others, and whose settings override theirs. */
function isOverride(name: string): boolean {
  return /(?:^|_)override\.tf(?:\.json)?$/.test(name);
}

/** Returns the types of the backends; a `cloud` block replaces one. */
function declaredInHcl(text: string): string[] {
  // Most files have none, and searching for the words is faster than scanning the file.
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
