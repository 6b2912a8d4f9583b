/** Writes every generated file of the repository: `npm run generate`. CI runs it and fails if it changes anything. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cliReference } from "./cli-reference.ts";

/** Folders and files that only this script writes. */
export const GENERATED = ["proto/gen", "docs/cli.md"];

export function generate(root: string): void {
  const { status, stderr } = spawnSync("buf", ["generate"], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`buf generate: ${stderr}`);
  writeFileSync(join(root, "docs/cli.md"), cliReference());
}

if (import.meta.main) {
  generate(process.cwd());
  console.log(`generated ${GENERATED.join(", ")}`);
}
