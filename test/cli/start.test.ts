import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

/** Prints the packages that are loaded with the command tree, before any command runs. */
const LIST = `
import { registerHooks } from "node:module";
const packages = new Set();
registerHooks({
  load(url, context, next) {
    const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
    if (name !== undefined) packages.add(name);
    return next(url, context);
  },
});
await import(process.argv[1]);
console.log(JSON.stringify([...packages]));`;

// Measured: TypeBox took 100 ms of every start, ora 30, the others 5 to 10 each. Commands load what they need themselves.
test("starts with the packages that every command needs, and no others", () => {
  const program = join(import.meta.dirname, "..", "..", "cli", "program.ts");
  const packages: string[] = JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", LIST, program], { encoding: "utf8" }));
  const expected = ["commander", "cli-table3", "string-width", "strip-ansi", "ansi-regex", "is-fullwidth-code-point", "emoji-regex"];
  expect(packages.filter((name) => !expected.includes(name))).toEqual([]);
});
