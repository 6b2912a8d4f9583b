import { expect, test } from "vitest";
import { hashPassword, verifyPassword } from "./password.ts";

test("a hash is salted argon2id, and only its password matches", async () => {
  const [one, two] = [await hashPassword("päss"), await hashPassword("päss")];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword(one, "päss")).toBe(true);
  expect(await verifyPassword(one, "pass")).toBe(false);
});

test("an invalid hash matches no password, not even an empty one", async () => {
  for (const stored of ["", "plain", "$argon2id$v=19$m=1,t=1,p=1$$"]) expect(await verifyPassword(stored, "")).toBe(false);
});

test("the stored parameters count, not today's", async () => {
  const stored = await hashPassword("x");
  expect(await verifyPassword(stored.replace("t=2", "t=3"), "x")).toBe(false);
});
