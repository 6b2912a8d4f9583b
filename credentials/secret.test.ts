import fc from "fast-check";
import { expect, test } from "vitest";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { formatSecret, hashSecret, isSameHash, isSecret, newKeyId, redactSecrets, type SecretKind } from "#credentials/secret.ts";

const kinds: SecretKind[] = ["session", "token", "agent", "provisioner"];

test("a secret has the form of its own kind only", () => {
  for (const made of kinds) for (const asked of kinds) expect(isSecret(asked, formatSecret(made))).toBe(made === asked);
});

test("any one changed character breaks the checksum or the form", () => {
  const secret = formatSecret("token");
  fc.assert(
    fc.property(fc.nat(secret.length - 1), fc.constantFrom(..."0aZ_- é"), (at, letter) => {
      const changed = secret.slice(0, at) + letter + secret.slice(at + 1);
      return changed === secret || !isSecret("token", changed);
    }),
  );
});

test("different bytes give different secrets", () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes, bytes, (left, right) => {
      const same = Buffer.from(left).equals(Buffer.from(right));
      return (formatSecret("agent", left) === formatSecret("agent", right)) === same;
    }),
  );
});

test("writes the bytes in base 62, followed by a CRC-32", () => {
  expect(formatSecret("agent", new Uint8Array(32))).toBe(`pva_${"0".repeat(43)}10fVWh`);
  expect(() => formatSecret("agent", new Uint8Array(20))).toThrow(RangeError);
});

test("a build's agent token is the same each time, and differs for another agent or build", () => {
  const build = Buffer.alloc(32, 1);
  expect(deriveAgentToken(build, "a")).toBe(deriveAgentToken(Buffer.alloc(32, 1), "a"));
  expect(deriveAgentToken(build, "a")).not.toBe(deriveAgentToken(build, "b"));
  expect(deriveAgentToken(build, "a")).not.toBe(deriveAgentToken(Buffer.alloc(32, 2), "a"));
  expect(isSecret("agent", deriveAgentToken(build, "a"))).toBe(true);
  expect(() => deriveAgentToken(build, "")).toThrow(RangeError);
});

test("hashes compare equal only when they are", () => {
  expect(isSameHash(hashSecret("a"), hashSecret("a"))).toBe(true);
  expect(isSameHash(hashSecret("a"), hashSecret("b"))).toBe(false);
  expect(isSameHash(hashSecret("a"), new Uint8Array(3))).toBe(false);
});

test("hides secrets anywhere in a text", () => {
  const [token, agent] = [formatSecret("token"), formatSecret("agent")];
  const text = redactSecrets(`curl -H 'Coder-Session-Token: ${newKeyId()}-${token}' # ${agent}`);
  expect(text).not.toContain(token);
  expect(text).not.toContain(agent);
  expect(text).toMatch(/-pvt_\.\.\.' # pva_\.\.\.$/);
});

test("key ids are ten letters and digits", () => {
  for (let n = 0; n < 100; n++) expect(newKeyId()).toMatch(/^[0-9A-Za-z]{10}$/);
});
