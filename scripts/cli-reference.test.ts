import { expect, test } from "vitest";
import { cliReference } from "./cli-reference.ts";

/** One command's part of the page. */
function section(title: string): string {
  const reference = cliReference();
  const start = reference.indexOf(`## \`${title}\`\n`);
  expect(start).toBeGreaterThan(0);
  const end = reference.indexOf("\n## ", start + 1);
  return reference.slice(start, end < 0 ? undefined : end);
}

test("what stands behind a command's options in --help stands behind them on the page", () => {
  expect(section("proviso users set-password [user]")).toMatch(/\|\n\nYour own present password is asked for/);
  expect(section("proviso version")).not.toContain("```");
});

test("examples are commands to copy", () => {
  const create = section("proviso tokens create");
  expect(create).toContain("\nExamples:\n\n```sh\nproviso tokens create --name ci ");
  expect(create).toMatch(/\n```\n$/);
});
