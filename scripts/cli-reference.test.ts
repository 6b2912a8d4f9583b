import { expect, test } from "vitest";
import { cliReference } from "./cli-reference.ts";

/** Returns the section of one command. */
function section(title: string): string {
  const reference = cliReference();
  const start = reference.indexOf(`## \`${title}\`\n`);
  expect(start).toBeGreaterThan(0);
  const end = reference.indexOf("\n## ", start + 1);
  return reference.slice(start, end < 0 ? undefined : end);
}

test("the page has the notes that follow a command's options in --help", () => {
  expect(section("proviso users set-password [user]")).toMatch(/\|\n\nTo change your own password/);
  expect(section("proviso version")).not.toContain("```");
});

test("examples are commands to copy", () => {
  const create = section("proviso tokens create");
  expect(create).toContain("\nExamples:\n\n```sh\nproviso tokens create --name ci ");
  expect(create).toMatch(/\n```\n$/);
});
