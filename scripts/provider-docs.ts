/** Writes the reference of the `coder` provider from its schema and from examples/provider. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { coderProvider } from "#provider/coder/provider.ts";
import { providerDocs } from "#provider/sdk/docs/provider-docs.ts";

export const PROVIDER_DOCS = "docs/provider";

/** Writes the pages, and removes those of former types. @throws IncompleteDocsError if a type lacks an example or description */
export function writeProviderDocs(root: string): void {
  const examples = join(root, "examples/provider");
  const pages = providerDocs(coderProvider({ env: {} }), (path) => {
    const file = join(examples, path);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  });
  rmSync(join(root, PROVIDER_DOCS), { recursive: true, force: true });
  for (const [path, page] of pages) {
    const file = join(root, PROVIDER_DOCS, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, page);
  }
}
