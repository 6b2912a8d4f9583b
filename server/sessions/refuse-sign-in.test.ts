import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { refuseSignIn } from "./refuse-sign-in.ts";

const ORIGIN = { requestId: "0b8f0f6c-6c57-4f0e-8a3b-1f1f3c7d9a10", ipAddress: "192.0.2.7", userAgent: "a test" };

test("who could not sign in is entered by name, and an address that nobody has is not kept", async () => {
  const { core, owner, entries } = await openCommandWorld();
  await refuseSignIn(core, { email: "OLIVE@example.test", origin: ORIGIN });
  await refuseSignIn(core, { email: "hunter2", origin: ORIGIN });
  const found = await entries();
  expect(found).toMatchObject([
    { action: "login", status_code: 401, user_id: owner.user.id, resource_target: "olive", ip: "192.0.2.7" },
    { action: "login", status_code: 401, user_id: null, resource_target: "", ip: "192.0.2.7" },
  ]);
  expect(JSON.stringify(found)).not.toContain("hunter2");
});
