import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PROVIDER_DOCS, writeProviderDocs } from "./provider-docs.ts";

const ROOT = join(import.meta.dirname, "..");

function emptyRoot(): string {
  const root = mkdtempSync(join(tmpdir(), "proviso-docs-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
}

test("writes a page for each type, with its example, and deletes those of types that are gone", () => {
  const root = emptyRoot();
  symlinkSync(join(ROOT, "examples"), join(root, "examples"));
  const gone = join(root, PROVIDER_DOCS, "resources", "gone.md");
  mkdirSync(join(gone, ".."), { recursive: true });
  writeFileSync(gone, "");
  writeProviderDocs(root);
  expect(existsSync(gone)).toBe(false);
  expect(readFileSync(join(root, PROVIDER_DOCS, "resources", "agent.md"), "utf8")).toContain('resource "coder_agent"');
});

test("refuses to write pages without examples", () => {
  expect(() => writeProviderDocs(emptyRoot())).toThrow();
});
