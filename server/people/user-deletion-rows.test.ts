import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { deleteRowsOfUser } from "./user-deletion-rows.ts";

test("what is one user's goes, and what is another's stays", async () => {
  const { core, owner, person } = await openCommandWorld();
  const milo = await person("milo");
  await deleteRowsOfUser(core.db, milo.user.id);
  for (const table of ["git_ssh_keys", "organization_members"] as const)
    expect(await core.db.selectFrom(table).select("user_id").execute(), table).toEqual([{ user_id: owner.user.id }]);
});
