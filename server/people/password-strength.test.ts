import { expect, test } from "vitest";
import { passwordEntropyBits, passwordProblem } from "./password-strength.ts";

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
