import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { createGuard } from "../access/guard.ts";
import { NIL_UUID } from "../ids.ts";
import type { Actor } from "./actor.ts";
import { type AuditEntry, audit, auditAs } from "./audit.ts";

const ORIGIN = { requestId: "0b8f0f6c-6c57-4f0e-8a3b-1f1f3c7d9a10", ipAddress: "192.0.2.7", userAgent: "a test" };

async function open() {
  const { core, owner, entries } = await openCommandWorld();
  const write = (entry: Partial<AuditEntry>, actor: Partial<Actor> = {}) =>
    core.write((tx) =>
      auditAs(
        core,
        tx,
        { userId: owner.user.id, origin: ORIGIN, ...actor },
        { action: "write", resourceType: "user", resourceId: NIL_UUID, target: "t", ...entry },
      ),
    );
  return { write, entries };
}

test("a write that changed nothing, or nothing that is tracked, leaves no entry, and other actions do", async () => {
  const { write, entries } = await open();
  const before = { username: "milo", updated_at: new Date(0) };
  await write({ before, after: before });
  await write({ before, after: { ...before, updated_at: new Date(1) } });
  expect(await entries()).toEqual([]);
  await write({ before, after: { ...before, username: "mona" } });
  await write({ action: "login", before, after: before });
  await write({ before });
  expect((await entries()).map(({ action }) => action)).toEqual(["write", "login", "write"]);
});

test("what clients say of themselves is cut, cleaned and holds no secret", async () => {
  const { write, entries } = await open();
  const secret = formatSecret("session");
  await write(
    { target: `key ${secret}`, before: { username: "a" } },
    { origin: { requestId: "x", ipAddress: "1".repeat(100), userAgent: `${secret} ${"x".repeat(500)}\0` } },
  );
  const [entry] = await entries();
  expect(JSON.stringify(entry)).not.toContain(secret);
  expect([entry?.ip.length, entry?.user_agent.length, entry?.request_id]).toEqual([64, 256, NIL_UUID]);
});

test("an agent is named beside its owner, and what no request did has no origin", async () => {
  const { write, entries } = await open();
  await write({ before: { username: "a" }, additional: { note: "x" } }, { agentId: "an-agent", origin: undefined });
  expect(await entries()).toMatchObject([
    {
      api_key_id: "",
      ip: "",
      user_agent: "",
      request_id: NIL_UUID,
      status_code: 200,
      additional_fields: { note: "x", agent_id: "an-agent" },
    },
  ]);
});

test("whoever asks is the actor, whomever the entry names, and the server itself is nobody without a name", async () => {
  const { core, owner, person, system, entries } = await openCommandWorld();
  const milo = await person("milo");
  await entries();
  const write = (subject: typeof system.subject, actor?: Actor) => {
    const entry = {
      action: "create",
      resourceType: "user",
      resourceId: NIL_UUID,
      target: "t",
      ...(actor !== undefined && { actor }),
    } as const;
    return core.write((tx) => audit({ ...core, guard: createGuard(subject) }, tx, entry));
  };
  await write(milo.access.subject, { userId: owner.user.id });
  await write(system.subject);
  await write(system.subject, { userId: owner.user.id });
  expect((await entries()).map(({ user_id }) => user_id)).toEqual([milo.user.id, owner.user.id]);
});
