import { sql } from "kysely";
import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import type { RowPatch } from "../database/tables.ts";
import { InvalidInputError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { selectUserList, type UserFilter } from "./user-list-rows.ts";

/** Anna (an auditor, last seen at 1 000), bert (suspended) and Ćiril (never seen), beside the first user. */
async function open() {
  const { person, core, owner } = await openCommandWorld();
  const [anna, bert, ciril] = [await person("Anna", { roles: ["auditor"] }), await person("bert"), await person("Ciril")];
  const set = (id: UserId, values: RowPatch<"users">) => core.db.updateTable("users").set(values).where("id", "=", id).execute();
  await set(anna.user.id, { last_seen_at: new Date(1_000), name: "Anna 100%" });
  await set(bert.user.id, { status: "suspended", last_seen_at: new Date(5_000) });
  await set(ciril.user.id, { name: "Ćiril" });
  const list = async (filter: UserFilter, isShown = sql<boolean>`true`) => {
    const { users, count } = await selectUserList(core, isShown, filter);
    return { names: users.map(({ username }) => username), count };
  };
  return { list, anna: anna.user, bert: bert.user, owner: owner.user };
}

test("each condition narrows the list, and all must hold", async () => {
  const { list } = await open();
  const found = async (filter: UserFilter) => (await list(filter)).names.join(" ");
  expect(await found({})).toBe("Anna bert Ciril olive");
  expect(await found({ search: "EXAMPLE.test" })).toBe("Anna bert Ciril olive");
  expect(await found({ search: "ćir" })).toBe("Ciril");
  expect(await found({ name: "100%" })).toBe("Anna");
  expect(await found({ status: ["suspended", "dormant"] })).toBe("bert");
  expect(await found({ roles: ["auditor", "owner"] })).toBe("Anna olive");
  expect(await found({ roles: ["auditor", "member"] })).toBe("Anna bert Ciril olive");
  expect(await found({ loginTypes: ["password"] })).toBe("olive");
  expect(await found({ lastSeenBefore: new Date(1_000) })).toBe("Anna Ciril olive");
  expect(await found({ lastSeenAfter: new Date(1_000) })).toBe("Anna bert");
  expect(await found({ roles: ["auditor"], status: ["suspended"] })).toBe("");
  expect(await found({ isNobody: true })).toBe("");
});

test("a page begins behind a user and counts the whole list", async () => {
  const { list, anna } = await open();
  expect(await list({ afterId: anna.id, limit: 2 })).toEqual({ names: ["bert", "Ciril"], count: 4 });
  expect(await list({ limit: 1, offset: 3 })).toEqual({ names: ["olive"], count: 4 });
});

test("a user who may not be shown is neither in the list nor a place in it", async () => {
  const { list, bert } = await open();
  const withoutBert = sql<boolean>`users.id <> ${bert.id}`;
  expect(await list({}, withoutBert)).toEqual({ names: ["Anna", "Ciril", "olive"], count: 3 });
  await expect(list({ afterId: bert.id }, withoutBert)).rejects.toThrow(InvalidInputError);
});
