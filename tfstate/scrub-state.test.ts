import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PIECE_BYTES } from "./limits.ts";
import { FILLED_ANEW, StateScrubber, scrubState } from "./scrub-state.ts";

function scrub(text: string, pieceBytes = PIECE_BYTES): string {
  const bytes = Buffer.from(text);
  const scrubber = new StateScrubber();
  for (let at = 0; at < bytes.length; at += pieceBytes) scrubber.scrub(bytes.subarray(at, at + pieceBytes));
  return bytes.toString("utf8");
}

const stateWith = (...resources: unknown[]) => ({
  version: 4,
  terraform_version: "1.11.4",
  serial: 3,
  lineage: "l",
  outputs: {},
  resources,
  check_results: null,
});
const resource = (type: string, attributes: unknown, mode = "managed") => ({
  mode,
  type,
  name: "me",
  provider: 'provider["registry.terraform.io/coder/coder"]',
  instances: [{ schema_version: 1, attributes, sensitive_attributes: [[{ type: "get_attr", value: "token" }]], private: "e30=" }],
});

describe("overwrites", () => {
  for (const [type, names] of FILLED_ANEW)
    for (const name of names)
      for (const indent of [undefined, 2])
        test(`${name} of ${type}, and nothing else, ${indent === undefined ? "without" : "with"} spaces`, () => {
          const attributes = (value: unknown) => ({
            id: "1",
            [name]: value,
            nested: { [name]: "stays" },
            list: [name, { [name]: "stays" }],
          });
          const text = JSON.stringify(stateWith(resource(type, attributes('a "quoted" \\ secret'))), undefined, indent);
          for (const pieceBytes of [1, 7, PIECE_BYTES]) {
            const scrubbed = scrub(text, pieceBytes);
            expect(scrubbed).toHaveLength(text.length);
            expect(JSON.parse(scrubbed)).toEqual(stateWith(resource(type, attributes(""))));
          }
        });

  test("every instance, also of a counted, a module's and a deposed one, and flat attributes", () => {
    const instances = (token: string) => [
      { index_key: 0, attributes: { token } },
      { index_key: "a", deposed: "0f", attributes: { token }, dependencies: ["token"] },
      { attributes_flat: { token } },
    ];
    const state = (token: string) =>
      stateWith(
        { module: "module.a", type: "coder_agent", instances: instances(token) },
        { type: "coder_agent", instances: instances(token) },
      );
    expect(JSON.parse(scrub(JSON.stringify(state("pva_1"))))).toEqual(state(""));
  });

  test("nothing in outputs, which are the template's own", () => {
    const text = JSON.stringify({ ...stateWith(), outputs: { token: { value: "copied", type: "string" } } });
    expect(scrub(text)).toBe(text);
  });

  test("whatever stands in the place of the text", () => {
    for (const value of [{}, [], { a: ['"}', 1] }, [["x"]]])
      expect(JSON.parse(scrub(JSON.stringify(stateWith(resource("coder_agent", { token: value, id: "i" })))))).toEqual(
        stateWith(resource("coder_agent", { token: "", id: "i" })),
      );
    const nothing = JSON.stringify(stateWith(resource("coder_agent", { token: null, id: "" })));
    expect(scrub(nothing)).toBe(nothing);
  });

  test("names that are written with escapes", () => {
    const text = JSON.stringify(stateWith(resource("coder_agent", { token: "pva_1" })));
    expect(scrub(text.replace('"token":"pva_1"', '"t\\u006fken":"pva_1"').replace("coder_agent", "c\\u006fder_agent"))).not.toContain(
      "pva_1",
    );
  });

  test.each(["Resources", "INSTANCES", "Attributes", "attribute\u017f", "Attributes_Flat"])(
    "attributes under %s, as Terraform takes it",
    (key) => {
      const attributes = key.endsWith("Flat") ? "attributes_flat" : "attributes";
      const text = JSON.stringify(stateWith({ type: "coder_agent", instances: [{ [attributes]: { token: "pva_1", Token: "stays" } }] }));
      const spelled = text.replace(`"${key.normalize("NFKC").toLowerCase()}"`, `"${key}"`);
      expect(spelled).not.toBe(text);
      expect(scrub(spelled)).toBe(spelled.replace('"pva_1"', '""     '));
    },
  );

  test("nothing where a type follows that Terraform would take instead, but says so", () => {
    const scrubber = new StateScrubber();
    scrubber.scrub(Buffer.from('{"resources":[{"type":"a","instances":[{"attributes":{"token":"x"}}],"type":"coder_agent"}]}'));
    expect(scrubber.isOutOfOrder).toBe(true);
  });

  test("what any type has, where a resource's instances come before its type", () => {
    const sorted = (token: string, id = "stays") =>
      stateWith({ instances: [{ attributes: { session_token: token, id } }], mode: "data", type: "coder_workspace_owner" });
    expect(JSON.parse(scrub(JSON.stringify(sorted("pvt_1"))))).toEqual(sorted(""));
    const order = (state: unknown): boolean => {
      const scrubber = new StateScrubber();
      scrubber.scrub(Buffer.from(JSON.stringify(state)));
      return scrubber.isOutOfOrder;
    };
    expect([order(sorted("")), order(stateWith(resource("coder_agent", {}))), order(stateWith())]).toEqual([true, false, false]);
  });
});

test("leaves attributes of other types alone, whatever their names", () => {
  const text = JSON.stringify(
    stateWith(resource("docker_container", { token: "t", session_token: "s" }), resource("coder_env", { value: "v" })),
  );
  expect(scrub(text)).toBe(text);
});

const value = fc.jsonValue({ maxDepth: 3 });
const attributes = fc.dictionary(fc.oneof(fc.constantFrom("token", "session_token", "value", "id"), fc.string()), value, {
  noNullPrototype: true,
});
const states = fc
  .array(
    fc.tuple(
      fc.constantFrom("coder_agent", "coder_workspace_owner", "coder_secret", "null_resource"),
      fc.array(attributes, { maxLength: 2 }),
    ),
    {
      maxLength: 4,
    },
  )
  .map((list) => stateWith(...list.map(([type, all]) => ({ type, instances: all.map((one) => ({ attributes: one, private: "token" })) }))));

test("does to any state what JSON.parse and a loop do, wherever its pieces end, and twice is once", () => {
  fc.assert(
    fc.property(
      states,
      fc.dictionary(fc.string(), value),
      fc.constantFrom(undefined, 1, "\t"),
      fc.integer({ min: 1, max: 30 }),
      (state, outputs, indent, pieceBytes) => {
        const text = JSON.stringify({ ...state, outputs }, undefined, indent);
        const scrubbed = scrub(text, pieceBytes);
        const wanted = structuredClone(state);
        for (const { type, instances } of wanted.resources as { type: string; instances: { attributes: Record<string, unknown> }[] }[])
          for (const one of instances)
            for (const name of FILLED_ANEW.get(type) ?? [])
              if (
                Object.hasOwn(one.attributes, name) &&
                (typeof one.attributes[name] === "string" || typeof one.attributes[name] === "object")
              )
                one.attributes[name] = one.attributes[name] === null ? null : "";
        expect(JSON.parse(scrubbed)).toEqual(JSON.parse(JSON.stringify({ ...wanted, outputs })));
        expect(Buffer.byteLength(scrubbed)).toBe(Buffer.byteLength(text));
        expect(scrub(scrubbed)).toBe(scrubbed);
      },
    ),
    { numRuns: 500 },
  );
});

test("takes any bytes, and changes nothing that it does not understand", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("{", "}", "[", "]", '"a"', '"resources"', ":", ",", '"', "\\", "1")), (parts) => {
      expect(() => scrub(parts.join(""), 3)).not.toThrow();
    }),
  );
});

test("a state of 100 MB does not hold up other work, and the original stays as it is", async () => {
  const big = Array.from({ length: 50 }, () => resource("terraform_data", { input: "x".repeat(2 * PIECE_BYTES) }));
  const state = Buffer.from(JSON.stringify(stateWith(resource("coder_agent", { token: "pva_secret" }), ...big)));
  let ticks = 0;
  const timer = setInterval(() => void ticks++, 1);
  const scrubbed = Buffer.from(await scrubState(state));
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(25);
  expect([state.includes("pva_secret"), scrubbed.includes("pva_secret")]).toEqual([true, false]);
});
