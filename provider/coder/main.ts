/**
 * The provider as a program of its own, for `terraform` on an author's machine. Everything else is loaded after the compile cache is on:
 * Terraform starts the program three times for a plan, and with the cache each start takes about half the time.
 */
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import process from "node:process";

// Beside the dependencies, where only those can write who could change the code itself. An executable has no such place: it brings its own.
if (import.meta.dirname !== undefined) enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/proviso"));

// A function, because executables are made of CommonJS, where nothing can be awaited outside of one.
async function main(): Promise<void> {
  const { servePlugin } = await import("../sdk/serve-plugin.ts");
  const { coderProvider } = await import("./provider.ts");
  await servePlugin(coderProvider({ env: process.env }), { env: process.env });
}

void main();
