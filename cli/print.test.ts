import { Command } from "commander";
import { expect, test } from "vitest";
import { createFakeContext } from "#test/cli/fake-context.ts";
import { type Columns, formatAge, type OutputOptions, printRows, withOutputOptions } from "./print.ts";

interface Row {
  readonly name: string;
  readonly note: string;
}
const COLUMNS: Columns<Row> = { name: (row) => row.name, note: (row) => row.note, "name length": (row) => String(row.name.length) };
const ROWS: readonly Row[] = [
  { name: "a", note: "first" },
  { name: "longer", note: "" },
];

function print(args: readonly string[], rows = ROWS): string {
  const command = withOutputOptions(new Command(), COLUMNS, ["name", "note"])
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const options = command.parse([...args], { from: "user" }).opts<OutputOptions>();
  const { context, stdout } = createFakeContext();
  printRows(context, options, { columns: COLUMNS, defaults: ["name", "note"], rows, json: rows });
  return stdout();
}

for (const { args, text } of [
  { args: [], text: "NAME    NOTE\na       first\nlonger\n" },
  { args: ["-c", "name length, name"], text: "NAME LENGTH  NAME\n1            a\n6            longer\n" },
  { args: ["-c", "note", "-c", "NAME"], text: "NOTE   NAME\nfirst  a\n       longer\n" },
  { args: ["-o", "json"], text: `${JSON.stringify(ROWS, undefined, 2)}\n` },
]) {
  test(`prints with ${args.join(" ") || "no options"}, and no blanks at the end of a line`, () => expect(print(args)).toBe(text));
}

test("shows what could drive a terminal, and does not obey it", () => {
  expect(print(["-c", "note"], [{ name: "x", note: "\x1b[2Jgone" }])).toBe("NOTE\n\\x1b[2Jgone\n");
});

test("names the columns there are", () => expect(() => print(["-c", "size"])).toThrow(/"size".*name, note, name length/));

test("takes no other format", () => expect(() => print(["-o", "yaml"])).toThrow(/table, json/));

const NOW = Date.parse("2026-01-10T00:00:00Z");
for (const { at, age } of [
  { at: undefined, age: "" },
  { at: "2026-01-09T23:59:18Z", age: "42s ago" },
  { at: "2026-01-09T23:00:01Z", age: "59m ago" },
  { at: "2026-01-09T22:30:00Z", age: "1h ago" },
  { at: "2026-01-08T00:00:00Z", age: "2d ago" },
  { at: "2026-01-10T00:00:09Z", age: "0s ago" },
]) {
  test(`${at} was "${age}"`, () => expect(formatAge(at, NOW)).toBe(age));
}
