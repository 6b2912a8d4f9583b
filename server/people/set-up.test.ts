import { expect, test } from "vitest";
import { newSqlite } from "#test/contracts/databases.ts";
import { SetupDoneError } from "../errors.ts";
import { createSetup, setUpFirstUser } from "./set-up.ts";

const ORIGIN = { requestId: "0b8f0f6c-6c57-4f0e-8a3b-1f1f3c7d9a10", ipAddress: "192.0.2.7", userAgent: "a test" };
const REQUEST = { email: "ann@example.com", username: "ann", password: "Purple monkey 7 dishwasher!" };

test("the first user owns the deployment, registers in its own name, and is the only one", async () => {
  await using database = await newSqlite();
  await using store = await database.open();
  const { core } = store.system;
  const setup = createSetup(core);
  expect(await setup.hasFirstUser()).toBe(false);
  const made = await setUpFirstUser(setup, REQUEST, ORIGIN);
  expect(made).toMatchObject({ username: "ann", rbac_roles: ["owner"], login_type: "password", status: "active" });
  expect(made.organization_ids).toHaveLength(1);
  expect(await setup.hasFirstUser()).toBe(true);
  await expect(setUpFirstUser(setup, { ...REQUEST, email: "b@example.com", username: "bob" }, ORIGIN)).rejects.toThrow(SetupDoneError);
  const [entry, ...others] = await core.db.selectFrom("audit_logs").selectAll().execute();
  expect([entry, others]).toMatchObject([{ action: "register", user_id: made.id, ip: "192.0.2.7", resource_target: "ann" }, []]);
  expect(entry?.diff.hashed_password).toEqual({ old: "", new: "", secret: true });
});

test("a wrong request is told with all its fields before anything is looked up", async () => {
  const setup = { createFirstUser: () => Promise.reject(new Error("it should not come to this")) };
  const wrong = ["email", "username", "name", "password"].map((field) => expect.objectContaining({ field }));
  await expect(setUpFirstUser(setup, { email: "", username: "", name: " ", password: "" }, ORIGIN)).rejects.toMatchObject({
    fields: wrong,
  });
});
