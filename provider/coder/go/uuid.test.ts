import fc from "fast-check";
import { expect, test } from "vitest";
import { findGoUuid, parseGoUuid } from "./uuid.ts";

const UUID = "7b9d2f6e-1111-4222-8333-00000000000c";

for (const { form, text } of [
  { form: "the usual form", text: UUID },
  { form: "capitals", text: UUID.toUpperCase() },
  { form: "no hyphens", text: UUID.replaceAll("-", "") },
  { form: "braces", text: `{${UUID}}` },
  { form: "anything around it", text: `<${UUID}x` },
  { form: "a URN", text: `urn:uuid:${UUID}` },
  { form: "a URN in capitals", text: `URN:UUID:${UUID.toUpperCase()}` },
]) {
  test(`reads a UUID in ${form}`, () => expect(parseGoUuid(text)).toBe(UUID));
}

for (const { text, problem } of [
  { text: "", problem: "invalid UUID length: 0" },
  { text: "x", problem: "invalid UUID length: 1" },
  { text: "äö", problem: "invalid UUID length: 4" },
  { text: ` ${UUID}`, problem: "invalid UUID length: 37" },
  { text: `${UUID.slice(0, -1)}g`, problem: "invalid UUID format" },
  { text: UUID.replace("-1111", "1-111"), problem: "invalid UUID format" },
  { text: "z".repeat(32), problem: "invalid UUID format" },
  { text: `{${UUID.replaceAll("-", "x")}}`, problem: "invalid UUID format" },
  { text: `urn:guid:${UUID}`, problem: "invalid UUID format: it does not begin with urn:uuid:" },
  // Of 36 characters, but of more bytes.
  { text: `${UUID.slice(0, -1)}ä`, problem: "invalid UUID length: 37" },
]) {
  test(`refuses ${JSON.stringify(text)}: ${problem}`, () => {
    expect(() => parseGoUuid(text)).toThrow(new SyntaxError(problem));
    expect(findGoUuid(text)).toBeUndefined();
  });
}

test("reads back every UUID, and of what is nearly one makes a UUID or a problem of form", () => {
  fc.assert(fc.property(fc.uuid(), (uuid) => parseGoUuid(uuid) === uuid && parseGoUuid(`{${uuid}}`) === uuid));
  const changed = fc
    .tuple(fc.uuid(), fc.nat(35), fc.string({ maxLength: 2 }), fc.constantFrom("", "{", "urn:uuid:"))
    .map(([uuid, place, put, before]) => before + uuid.slice(0, place) + put + uuid.slice(place + 1));
  fc.assert(
    fc.property(changed, (text) => {
      const read = findGoUuid(text);
      if (read === undefined) expect(() => parseGoUuid(text)).toThrow(/^invalid UUID (length: \d+|format.*)$/);
      else expect(text.toLowerCase().replaceAll("-", "")).toContain(read.replaceAll("-", ""));
    }),
  );
});
