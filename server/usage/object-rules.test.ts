import { expect, test } from "vitest";
import { boundedUses, OBJECTS_TOLD_APART } from "./object-rules.ts";
import { MANY_OBJECTS, type Use } from "./usage-recorder.ts";

function use(objectId: string, minute = 0, count = 1): Use {
  const at = new Date(Date.UTC(2030, 0, 1, 0, minute));
  return { keyId: "key0000001", scope: "workspace:read", objectId, count, firstUsed: at, lastUsed: at };
}

function objects(length: number): string[] {
  return Array.from({ length }, (_, index) => `object ${index}`);
}

test("objects have rows of their own for as long as there is room", () => {
  const uses = [use("new"), use("object 0")];
  expect(boundedUses(uses, objects(OBJECTS_TOLD_APART - 1))).toEqual(uses);
});

test("past the last that is told apart new objects are counted together, and known ones and lists on their own", () => {
  const bounded = boundedUses([use("new", 2), use("object 7"), use(""), use("newer", 1, 3)], objects(OBJECTS_TOLD_APART));
  expect(bounded).toEqual([
    use("object 7"),
    use(""),
    { ...use(MANY_OBJECTS), count: 4, firstUsed: use("", 1).firstUsed, lastUsed: use("", 2).lastUsed },
  ]);
});

test("what the recorder has counted together takes no object's room", () => {
  const uses = [use(MANY_OBJECTS, 0, 5), use("new")];
  expect(boundedUses(uses, objects(OBJECTS_TOLD_APART - 1))).toEqual([use("new"), use(MANY_OBJECTS, 0, 5)]);
});
