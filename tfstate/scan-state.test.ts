import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PIECE_BYTES } from "./limits.ts";
import { type StateScan, StateScanner, scanState } from "./scan-state.ts";

function scan(text: string | Uint8Array, pieceBytes = Number.POSITIVE_INFINITY): StateScan {
  const bytes = Buffer.from(text);
  const scanner = new StateScanner();
  for (let at = 0; at < bytes.length; at += pieceBytes) scanner.push(bytes.subarray(at, at + pieceBytes));
  return scanner.end();
}

const STATE = {
  version: 4,
  terraform_version: "1.11.4",
  serial: 17,
  lineage: "3f2b0d4e-0000-4000-8000-000000000000",
  outputs: { serial: { value: 99, type: "number" } },
  resources: [{ mode: "managed", type: "terraform_data", instances: [{ attributes: { input: 'a "quoted" \\ {[' } }] }],
  check_results: null,
};

test("a state of Terraform's tells its format, serial and lineage, and that it has resources", () => {
  const head = { kind: "whole", format: 4, serial: 17, lineage: STATE.lineage };
  expect(scan(JSON.stringify(STATE, undefined, 2))).toEqual({ ...head, hasResources: true });
  expect(scan(JSON.stringify({ ...STATE, resources: [] }, undefined, 2))).toEqual({ ...head, hasResources: false });
});

describe("is broken:", () => {
  for (const { what, text, why, at } of [
    { what: "nothing", text: "", why: "empty", at: 0 },
    { what: "space", text: " \n", why: "empty", at: 2 },
    { what: "an object that ends early", text: '{"serial":1', why: "cut_off", at: 11 },
    { what: "a list", text: "[]", why: "not_json", at: 0 },
    { what: "text after the end", text: "{} {", why: "not_json", at: 3 },
    { what: "zeros after the end, as after a power cut", text: "{}\0\0", why: "not_json", at: 2 },
    { what: "zeros in the middle", text: '{"resources":[\0\0]}', why: "not_json", at: 14 },
    { what: "zeros in a string", text: '{"a":["\0"]}', why: "not_json", at: 7 },
    { what: "brackets that do not match", text: '{"a":[}]', why: "not_json", at: 6 },
    { what: "a member without a value", text: '{"a":}', why: "not_json", at: 5 },
    { what: "a member without a colon", text: '{"a" 1}', why: "not_json", at: 5 },
    { what: "a comma before the end", text: '{"a":1,}', why: "not_json", at: 7 },
    { what: "an unknown word", text: '{"a":nul}', why: "not_json", at: 8 },
    { what: "an escape that does not exist", text: '{"a\\x":1}', why: "not_json", at: 5 },
    { what: "a hostile depth", text: `{"a":${"[".repeat(5_000)}`, why: "too_deep", at: 1_004 },
  ]) {
    test(what, () => {
      expect(scan(text)).toEqual({ kind: "broken", why, at });
      expect(scan(text, 1)).toEqual({ kind: "broken", why, at });
    });
  }
});

const head = (value: Record<string, unknown>) => {
  const count = (item: unknown) => (Number.isSafeInteger(item) && Number(item) >= 0 ? item : undefined);
  return {
    kind: "whole",
    format: count(value.version),
    serial: count(value.serial),
    lineage: typeof value.lineage === "string" ? value.lineage : undefined,
    hasResources: Array.isArray(value.resources) && value.resources.length > 0,
  };
};

/** Any JSON object, whose members are often called as those of a state. */
const objects = fc.dictionary(
  fc.oneof(fc.constantFrom("version", "serial", "lineage", "resources"), fc.string({ unit: "grapheme" })),
  fc.oneof(fc.nat(), fc.uuid(), fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 2 }), fc.jsonValue({ maxDepth: 4 })),
  { noNullPrototype: true },
);
const indents = fc.constantFrom(undefined, 1, "\t");

test("says of any object what JSON.parse says, wherever its pieces end", () => {
  fc.assert(
    fc.property(objects, indents, fc.integer({ min: 1, max: 40 }), (value, indent, pieceBytes) => {
      const text = JSON.stringify(value, undefined, indent);
      expect(scan(text, pieceBytes)).toEqual(head(JSON.parse(text)));
    }),
    { numRuns: 2_000 },
  );
});

test("never takes a beginning for the whole, nor an end, nor two after each other", () => {
  fc.assert(
    fc.property(objects, indents, fc.nat(), (value, indent, cut) => {
      const bytes = Buffer.from(JSON.stringify(value, undefined, indent));
      const at = cut % bytes.length;
      expect(scan(bytes.subarray(0, at)).kind).toBe("broken");
      if (at > 0) expect(scan(bytes.subarray(at)).kind).toBe("broken");
      expect(scan(Buffer.concat([bytes, bytes])).kind).toBe("broken");
    }),
    { numRuns: 2_000 },
  );
});

test("what it calls whole is an object for JSON.parse too, where only members of the top are damaged", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("{", "}", '"a"', '"serial"', ":", ",", " ", "1", "-", "true", '"', "\\"), { maxLength: 12 }),
      (parts) => {
        const text = parts.join("");
        if (scan(text).kind !== "whole" || /\{.*\{/.test(text)) return;
        expect(JSON.parse(text)).toBeTypeOf("object");
      },
    ),
    { numRuns: 5_000 },
  );
});

test("a state of 200 MB does not hold up other work", async () => {
  const value = "x".repeat(2 * PIECE_BYTES);
  const state = Buffer.from(JSON.stringify({ ...STATE, resources: Array.from({ length: 100 }, () => value) }));
  let ticks = 0;
  const timer = setInterval(() => void ticks++, 1);
  expect(await scanState(state)).toMatchObject({ kind: "whole", serial: 17, hasResources: true });
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(50);
});
