import { expect, test } from "vitest";
import { CredentialEndedError } from "../errors.ts";
import { follow } from "./follow.ts";

const SILENT = { subscribe: () => () => {} };

test("a quiet stream ends when its reader loses the right", async () => {
  let checks = 0;
  const recheck = async (): Promise<void> => {
    checks += 1;
    if (checks === 3) throw new CredentialEndedError();
  };
  const stream = follow(
    { events: SILENT, concerns: () => false, signal: AbortSignal.timeout(10_000), recheck, recheckMs: 1 },
    async () => ({
      found: [],
      isOver: false,
    }),
  );
  await expect(stream.next()).rejects.toThrow(CredentialEndedError);
  expect(checks).toBe(3);
});
