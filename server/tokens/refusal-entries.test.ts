import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { createGuard } from "../access/guard.ts";
import { BeyondGrantError, type DomainError, ForbiddenError, InvalidInputError } from "../errors.ts";
import { auditingRefusals } from "./refusal-entries.ts";

async function open() {
  const { owner, entries } = await openCommandWorld();
  const { database, subject } = owner.access;
  const asked = { target: "ci", userId: owner.user.id, asked: { scopes: ["workspace:read"] } };
  const run = <T>(work: () => Promise<T>) => auditingRefusals({ ...database, guard: createGuard(subject) }, "create", asked, work);
  return { run, entries };
}

test("what may not be had is entered with its reason, and still refused", async () => {
  const { run, entries } = await open();
  const refusals: readonly DomainError[] = [new BeyondGrantError("too much", []), new ForbiddenError("create", "api_key")];
  for (const refusal of refusals) await expect(run(() => Promise.reject(refusal))).rejects.toBe(refusal);
  expect(await entries()).toMatchObject(
    refusals.map(({ message }) => ({
      status_code: 403,
      resource_target: "ci",
      additional_fields: { asked: { scopes: ["workspace:read"] }, reason: message },
    })),
  );
});

test("what succeeds, and what fails in another way, is not", async () => {
  const { run, entries } = await open();
  expect(await run(async () => "made")).toBe("made");
  await expect(run(() => Promise.reject(new InvalidInputError("no")))).rejects.toThrow(InvalidInputError);
  expect(await entries()).toEqual([]);
});
