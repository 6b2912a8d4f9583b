import { expect, test } from "vitest";
import { lineOfMember } from "./json-position.ts";

const text = `{
  "a\\"}": "{\\"terraform\\": 1}",
  "list": [
    {"x": ["terraform", {"deep": 1}]},
    {
      "y": {"deep":
        true}
    }
  ],
  "deep": {"y": 2}
}`;

for (const { names, line } of [
  { names: ["list"], line: 3 },
  { names: ['a"}'], line: 2 },
  { names: ["list", "x", "deep"], line: 4 },
  { names: ["list", "y", "deep"], line: 6 },
  { names: ["deep", "y"], line: 10 },
  { names: ["terraform"], line: undefined },
  { names: ["list", "deep"], line: undefined },
]) {
  test(`${names.join(".")} is ${line === undefined ? "nowhere" : `on line ${line}`}`, () => expect(lineOfMember(text, names)).toBe(line));
}
