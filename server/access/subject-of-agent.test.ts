import { expect, test } from "vitest";
import { decide } from "#authz/decide.ts";
import { userObject, workspaceObject } from "#authz/object.ts";
import { formatSecret } from "#credentials/secret.ts";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { subjectOfAgent } from "./subject-of-agent.ts";

async function open(apiKeyScope: string) {
  const token = formatSecret("agent");
  const { world, workspace, user } = await openAgentWorld({ apiKeyScope, auth: { case: "token", value: token } });
  const found = await world.store.system.authentication.withAgentToken(token);
  if (found === undefined) throw new Error("the agent may not call");
  return { found, workspace, user };
}

const object = (id: string, ownerId: string, organizationId: string) => workspaceObject({ id, ownerId, organizationId });

test("an agent does what its owner may do with its own workspace, and nothing with another", async () => {
  const { found, workspace, user } = await open("all");
  const subject = subjectOfAgent(found, () => expect.fail("all is known"));
  const may = (id: string) => decide(subject, "update_agent", object(id, user.id, workspace.organization_id)).kind;
  expect([may(workspace.id), may(workspace.template_id)]).toEqual(["allowed", "denied"]);
  expect(decide(subject, "read_personal", userObject(user.id)).kind).toBe("allowed");
});

test("with the narrow scope it does not read what is personal to its owner", async () => {
  const { found, user } = await open("no_user_data");
  expect(
    decide(
      subjectOfAgent(found, () => {}),
      "read_personal",
      userObject(user.id),
    ).kind,
  ).toBe("denied");
});

test("what is stored and unknown is told with its kind and the agent, and gives nothing", async () => {
  const { found, user } = await open("all");
  const told: unknown[] = [];
  const stored = { ...found, agent: { ...found.agent, api_key_scope: "some" as "all" }, roles: { ...found.roles, site: ["king"] } };
  const subject = subjectOfAgent(stored, (...unknown) => void told.push(unknown));
  expect(decide(subject, "read_personal", userObject(user.id)).kind).toBe("denied");
  expect(told.toSorted()).toEqual([
    ["agent scope", "some", found.agent.id],
    ["role", "king", found.agent.id],
  ]);
});
