import { expect, test } from "vitest";
import { hashPassword, isPassword, passwordEntropyBits, passwordProblem } from "./password.ts";

test("knows its password again, and no other", async () => {
  const stored = await hashPassword("Correct horse 9!");
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await isPassword("Correct horse 9!", stored)).toBe(true);
  expect(await isPassword("correct horse 9!", stored)).toBe(false);
  expect(await hashPassword("Correct horse 9!")).not.toBe(stored);
});

test("without a stored password nothing fits, not even nothing", async () => {
  for (const stored of [undefined, ""]) expect(await isPassword("", stored)).toBe(false);
  await expect(isPassword("x", "plain text")).rejects.toThrow("not in the form");
});

for (const { password, isStrong } of [
  { password: "SomeSecurePassword!", isStrong: true },
  { password: "proviso-demo-4711", isStrong: true },
  { password: "password", isStrong: false },
  { password: "aaaaaaaaaaaaaaaaaaaaaaaa", isStrong: false },
  { password: "1234567890123", isStrong: false },
  { password: "qwertyuiop", isStrong: false },
  { password: "", isStrong: false },
  { password: "äöüßÄÖÜ€", isStrong: false },
  { password: `${"Ab1!".repeat(16)}x`, isStrong: false },
]) {
  test(`${password || "nothing"} is ${isStrong ? "strong enough" : "refused"}`, () =>
    expect(passwordProblem(password) === undefined).toBe(isStrong));
}

test("counts two of each run", () => {
  expect(passwordEntropyBits("abcdef")).toBeCloseTo(2 * Math.log2(26));
  expect(passwordEntropyBits("fedcba")).toBeCloseTo(2 * Math.log2(26));
  expect(passwordEntropyBits("aaaa")).toBeCloseTo(2 * Math.log2(26));
  expect(passwordEntropyBits("adgj")).toBeCloseTo(4 * Math.log2(26));
});
