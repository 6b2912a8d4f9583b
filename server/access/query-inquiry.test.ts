import { describe, expect, test } from "vitest";
import { inquire } from "./query-inquiry.ts";
import { QueryRuleError, type RuledQuery } from "./query-rule.ts";

const READ: RuledQuery = { name: "workspaces.get", asks: [{ manner: "read", action: "read", type: "workspace" }] };
const MIXED: RuledQuery = {
  name: "builds.create",
  asks: [
    { manner: "require", action: "start", type: "workspace" },
    { manner: "may", action: "update", type: "template" },
  ],
};

describe("a question", () => {
  test("must be in the rule with its manner, its action and its type", () => {
    const { onAsked } = inquire(MIXED);
    expect(() => onAsked("require", "start", "workspace")).not.toThrow();
    expect(() => onAsked("open", "start", "workspace")).toThrow(QueryRuleError);
    expect(() => onAsked("require", "stop", "workspace")).toThrow("builds.create");
    expect(() => onAsked("require", "update", "template")).toThrow(QueryRuleError);
  });

  test("about a dormant workspace is one about a workspace", () => {
    const inquiry = inquire(READ);
    inquiry.onAsked("read", "read", "workspace_dormant");
    expect(inquiry.settle("answer")).toBe("answer");
  });
});

describe("an answer", () => {
  test("comes out when something that decides was asked, and not when it only may matter", () => {
    const decided = inquire(MIXED);
    decided.onAsked("require", "start", "workspace");
    expect(decided.settle(undefined)).toBeUndefined();
    const undecided = inquire(MIXED);
    undecided.onAsked("may", "update", "template");
    expect(() => undecided.settle("secret")).toThrow(QueryRuleError);
  });

  test("that comes later may be asked for until then", async () => {
    const inquiry = inquire(READ);
    const later = Promise.resolve().then(() => inquiry.onAsked("read", "read", "workspace"));
    await expect(inquiry.settle(later.then(() => "answer"))).resolves.toBe("answer");
  });

  test("that comes bit by bit is held back from the first bit on", async () => {
    const parts = async function* () {
      yield "secret";
    };
    const seen: string[] = [];
    const read = async () => {
      for await (const part of inquire(READ).settle(parts())) seen.push(part);
    };
    await expect(read()).rejects.toThrow(QueryRuleError);
    expect(seen).toEqual([]);
  });
});

test("what was asked is told when the answer is out, in the words of the rules, also when it failed", async () => {
  const told: unknown[] = [];
  const heard = (name: string, asked: readonly string[]) => void told.push([name, asked]);
  const now = inquire(MIXED, heard);
  now.onAsked("require", "start", "workspace");
  now.onAsked("may", "update", "template");
  now.settle("answer");
  expect(() => inquire(READ, heard).settle("secret")).toThrow(QueryRuleError);
  const failing = inquire(READ, heard).settle(Promise.reject(new Error("gone")));
  await expect(failing).rejects.toThrow("gone");
  expect(told).toEqual([
    ["builds.create", ["require start workspace", "may update template"]],
    ["workspaces.get", []],
    ["workspaces.get", []],
  ]);
});
