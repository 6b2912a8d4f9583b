import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { createGuard } from "../access/guard.ts";
import { NIL_UUID } from "../ids.ts";
import { auditKeyChange } from "./key-entries.ts";

test("an entry names the key and its user beside the change, since a key's id is no UUID", async () => {
  const { core, owner, keyHolder, entries } = await openCommandWorld();
  const { key } = await keyHolder(owner.user.id, { loginType: "token", tokenName: "ci" });
  const context = { ...core, guard: createGuard(owner.access.subject) };
  const after = { ...key, description: "new" };
  await core.write(async (tx) => {
    await auditKeyChange(context, tx, "create", key, {});
    await auditKeyChange(context, tx, "write", { before: key, after }, { narrowed_with: "x" });
    await auditKeyChange(context, tx, "delete", { before: key }, {});
  });
  const found = await entries();
  expect(found.map(({ action, resource_id, resource_target }) => [action, resource_id, resource_target])).toEqual([
    ["create", NIL_UUID, "ci"],
    ["write", NIL_UUID, "ci"],
    ["delete", NIL_UUID, "ci"],
  ]);
  const about = { key_id: key.id, user_id: owner.user.id };
  expect(found.map(({ additional_fields }) => additional_fields)).toEqual([about, { ...about, narrowed_with: "x" }, about]);
  const [made, changed, gone] = found.map(({ diff }) => diff);
  expect([made?.token_name, changed, gone?.token_name]).toEqual([
    { new: "ci", secret: false },
    { description: { old: "", new: "new", secret: false } },
    { old: "ci", secret: false },
  ]);
});
