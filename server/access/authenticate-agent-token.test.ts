import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { authenticateAgentToken } from "./authenticate-agent-token.ts";
import { findPerson } from "./person-rows.ts";

test("an agent's token opens its agent with its owner, and nothing once the owner is suspended or gone", async () => {
  const token = formatSecret("agent");
  const { world, id, user } = await openAgentWorld({ auth: { case: "token", value: token } });
  const { core } = world;
  const open = (text = token) => authenticateAgentToken(core, (userId) => findPerson(core.db, userId), text);
  expect(await open()).toMatchObject({
    agent: { id },
    owner: { id: user.id },
    roles: { organizations: [{ organizationId: world.organizationId }] },
  });
  for (const text of ["", `${token} `, formatSecret("agent"), token.replace("pva_", "pvt_")])
    expect(await open(text), text).toBeUndefined();
  const owner = core.db.updateTable("users").where("id", "=", user.id);
  for (const set of [{ status: "suspended" }, { status: "active", deleted: true }] as const) {
    await owner.set(set).execute();
    expect(await open(), JSON.stringify(set)).toBeUndefined();
  }
});
