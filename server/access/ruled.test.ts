import { expect, test } from "vitest";
import { workspaceObject } from "#authz/object.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import { SYSTEM, userSubject } from "#authz/subject.ts";
import type { Database } from "../database/database.ts";
import { accessTo } from "./access.ts";
import type { Guard } from "./guard.ts";
import { QueryRuleError, type RuledQuery } from "./query-rule.ts";
import type { QueryName } from "./query-rules.ts";
import { ruled, ruledBy } from "./ruled.ts";

const workspace = workspaceObject({ id: "w", ownerId: "ann", organizationId: "org" });
const dormant = workspaceObject({ id: "w", ownerId: "ann", organizationId: "org", isDormant: true });
const READ = [{ manner: "read", action: "read", type: "workspace" }];

/** The queries here read nothing from the database. */
const NOTHING = {} as Database;

/** A query with that rule. */
function entityWith(asks: RuledQuery["asks"], get: (guard: Guard) => unknown, asked?: string[]) {
  const onQuery = (_name: string, found: readonly string[]) => asked?.push(...found);
  const access = accessTo(NOTHING, { onQuery })(SYSTEM);
  const run = ruledBy({ name: "workspaces.get", asks }, ({ guard }) => get(guard));
  return { get: () => run(access) };
}

test("a query that asked what its rule says gives its answer, now or later", async () => {
  const asked: string[] = [];
  const later = entityWith(READ, async (guard) => guard.read(workspace, "workspace") ?? "answer", asked);
  expect(await later.get()).toBe("answer");
  const now = entityWith(READ, (guard) => guard.read(dormant, "workspace") ?? "answer", asked);
  expect(now.get()).toBe("answer");
  expect(asked).toEqual(["read workspace", "read workspace"]);
});

test("a query that asked nothing gives no answer, be it a value, a promise or a stream", async () => {
  expect(() => entityWith(READ, () => "secret").get()).toThrow("workspaces.get answers without having asked anything");
  await expect(entityWith(READ, async () => "secret").get()).rejects.toThrow(QueryRuleError);
  const stream = entityWith(READ, async function* () {
    yield "secret";
  });
  const parts: unknown[] = [];
  const reading = (async () => {
    for await (const part of stream.get() as AsyncIterable<unknown>) parts.push(part);
  })();
  await expect(reading).rejects.toThrow(QueryRuleError);
  expect(parts).toEqual([]);
});

test("a query that only asks `may` has decided nothing", () => {
  const entity = entityWith([{ manner: "may", action: "read", type: "workspace" }], (guard) => guard.allows("read", workspace));
  expect(() => entity.get()).toThrow("answers without having asked anything");
});

test("a query cannot ask what its rule does not contain", () => {
  const entity = entityWith(READ, (guard) => guard.require("delete", workspace, "workspace"));
  expect(() => entity.get()).toThrow('asks "require delete workspace", which its rule in server/access/query-rules.ts does not contain');
});

test("a query whose rule says why it need not ask gives its answer", () => {
  expect(entityWith(undefined, () => "public").get()).toBe("public");
});

test("a refusal, and any other error, passes through unchanged", async () => {
  const nobody = userSubject({ id: "ann", roles: [], groups: [], scope: FULL_SCOPE });
  const get = ruledBy({ name: "workspaces.get", asks: READ }, async ({ guard }) => guard.read(workspace, "workspace"));
  await expect(get(accessTo(NOTHING)(nobody))).rejects.toMatchObject({ code: "not_found" });
  const broken = entityWith(READ, () => Promise.reject(new Error("the disk is full")));
  await expect(broken.get()).rejects.toThrow("the disk is full");
});

test("a query without a rule cannot be created, and the error says where the rule belongs", () => {
  // As from code that was not type-checked.
  const name = "workspaces.peek" as QueryName;
  expect(() => ruled(name, () => "secret")).toThrow("no rule covers workspaces.peek: say in server/access/query-rules.ts what it asks");
});

test("each call has its own guard: what one call asked does not count for the next", async () => {
  let asks = true;
  const entity = entityWith(READ, async (guard) => (asks ? guard.read(workspace, "workspace") : undefined));
  await entity.get();
  asks = false;
  await expect(entity.get()).rejects.toThrow(QueryRuleError);
});
