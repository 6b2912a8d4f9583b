import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeHost } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

// What is refused, and in which words, stands in test/provider/refusals/data.coder_parameter.md.

type Config = Readonly<Record<string, unknown>>;

async function read(config: Config, env: Readonly<Record<string, string>> = {}) {
  let ids = 0;
  const host = await FakeHost.connect(coderProvider({ env, newId: () => `id-${++ids}` }));
  const answer = await host.readData("coder_parameter", config);
  expect(host.faults).toEqual([]);
  return answer;
}

const digest = (name: string) => createHash("sha256").update(name).digest("hex");

test("the answer is looked for under the hash of the name, as UTF-8", async () => {
  const env = { CODER_PARAMETER_9874bb51342fad940af6c430c96fcc6d8c3a2b5e342a89a95beda30fd526ea78: "20" };
  expect((await read({ name: "disk size (GB)", type: "number" }, env)).state).toMatchObject({ value: "20" });
  const other = { [`CODER_PARAMETER_${digest("größe 😀")}`]: "20" };
  expect((await read({ name: "größe 😀", display_name: "x" }, other)).state).toMatchObject({ value: "20" });
});

test("the display name answers to nothing", async () => {
  const env = { [`CODER_PARAMETER_${digest("Shown")}`]: "20" };
  expect((await read({ name: "hidden", display_name: "Shown" }, env)).state).toMatchObject({ value: "" });
});

test("an object is another one at each read", async () => {
  const host = await FakeHost.connect(coderProvider({ env: {} }));
  const [one, other] = [await host.readData("coder_parameter", { name: "a" }), await host.readData("coder_parameter", { name: "a" })];
  expect(one.state).not.toEqual(other.state);
});

for (const { given, limits } of [
  { given: {}, limits: { min: 0, max: 0, min_disabled: true, max_disabled: true } },
  { given: { min: 0 }, limits: { min: 0, max: 0, min_disabled: false, max_disabled: true } },
  { given: { min: null, max: 0 }, limits: { min: 0, max: 0, min_disabled: true, max_disabled: false } },
  { given: { min: -1, max: 9 }, limits: { min: -1, max: 9, min_disabled: false, max_disabled: false } },
]) {
  test(`a validation block with ${JSON.stringify(given)} says which limits it has`, async () => {
    const { state } = await read({ name: "p", type: "number", default: "0", validation: [given] });
    expect(state).toMatchObject({ validation: [{ ...limits, monotonic: "", regex: "", error: "" }] });
  });
}

for (const { given, optional } of [
  { given: {}, optional: false },
  { given: { default: null }, optional: false },
  { given: { default: "" }, optional: true },
  { given: { default: "a" }, optional: true },
]) {
  test(`a parameter with ${JSON.stringify(given)} is ${optional ? "optional" : "required"}, answered or not`, async () => {
    expect((await read({ name: "p", ...given })).state).toMatchObject({ optional });
    expect((await read({ name: "p", ...given }, { [`CODER_PARAMETER_${digest("p")}`]: "x" })).state).toMatchObject({ optional });
  });
}

for (const { type, plain, chosen } of [
  { type: "string", plain: "input", chosen: "radio" },
  { type: "number", plain: "input", chosen: "radio" },
  { type: "bool", plain: "checkbox", chosen: "radio" },
  { type: "list(string)", plain: "tag-select", chosen: "radio" },
]) {
  test(`a ${type} is asked for by ${plain}, or by ${chosen} with options`, async () => {
    expect((await read({ name: "p", type })).state).toMatchObject({ form_type: plain, value: "" });
    const value = { string: "a", number: "1", bool: "true" }[type] ?? "[]";
    const withOption = { name: "p", type, option: [{ name: "a", value }] };
    expect((await read(withOption)).state).toMatchObject({ form_type: chosen, value: "", option: [{ description: "", icon: "" }] });
  });
}

test("whole numbers are compared with every digit", async () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  // Limits come through JSON in this test, so they are numbers that a double can tell.
  const limit = fc.maxSafeInteger();
  const near = fc.tuple(limit, fc.bigInt({ min: -2n, max: 2n })).map(([n, by]) => [n, BigInt(n) + by] as const);
  await fc.assert(
    fc.asyncProperty(fc.oneof(near, fc.tuple(limit, int64)), async ([n, value]) => {
      for (const [rule, holds] of [
        [{ min: n }, value >= BigInt(n)],
        [{ max: n }, value <= BigInt(n)],
      ] as const) {
        const { diagnostics } = await read({ name: "p", type: "number", default: String(value), validation: [rule] });
        expect(diagnostics.length === 0).toBe(holds);
      }
    }),
    { numRuns: 30 },
  );
});

test("a number may go up or down as monotonic says, whatever its size", async () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  await fc.assert(
    fc.asyncProperty(int64, fc.oneof(int64, fc.constant(undefined)), fc.boolean(), async (before, drawn, increasing) => {
      const value = drawn ?? before;
      const env = { [`CODER_PARAMETER_${digest("p")}`]: String(value), [`CODER_PARAMETER_PREVIOUS_${digest("p")}`]: String(before) };
      const validation = [{ monotonic: increasing ? "increasing" : "decreasing" }];
      const { diagnostics } = await read({ name: "p", type: "number", validation }, env);
      expect(diagnostics.length === 0).toBe(increasing ? value >= before : value <= before);
    }),
    { numRuns: 30 },
  );
});

test("a list of options' values is right exactly when every element is one", async () => {
  const letters = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(letters, letters, async (known, chosen) => {
      const option = [...new Set(["a", ...known])].map((value) => ({ name: value, value }));
      const config = { name: "p", type: "list(string)", form_type: "multi-select", default: JSON.stringify(chosen), option };
      const { diagnostics, state } = await read(config);
      const missing = chosen.filter((value) => !option.some((one) => one.value === value));
      if (missing.length === 0) expect(state).toMatchObject({ value: config.default });
      else expect(diagnostics).toMatchObject([{ path: "default", detail: expect.stringContaining(`"${missing.join(", ")}"`) }]);
    }),
    { numRuns: 30 },
  );
});

for (const count of [1_024, 10_000]) {
  test(`${count} options are read, chosen from one or several`, async () => {
    const option = Array.from({ length: count }, (_, n) => ({ name: `n${n}`, value: `v${n}` }));
    const last = `v${count - 1}`;
    expect((await read({ name: "p", option, default: last })).state).toMatchObject({ value: last });
    const all = JSON.stringify(option.map(({ value }) => value));
    const several = { name: "p", type: "list(string)", form_type: "multi-select", option, default: all };
    expect((await read(several)).state).toMatchObject({ value: all });
  });
}

test("a value of a megabyte is checked and kept", async () => {
  const value = "a".repeat(1_000_000);
  const validation = [{ regex: "^a+$", error: "e" }];
  expect((await read({ name: "p", validation }, { [`CODER_PARAMETER_${digest("p")}`]: value })).state).toMatchObject({ value });
});

test("a pattern that would take minutes on a value is not looked for", async () => {
  const validation = [{ regex: "(a?b?){900}c", error: "e" }];
  const given = { [`CODER_PARAMETER_${digest("p")}`]: "a".repeat(100_000) };
  expect((await read({ name: "p", validation }, given)).diagnostics).toMatchObject([
    { severity: "error", detail: "the regex is too large to be looked for in a value of 100000 bytes" },
  ]);
});

test("what has not been validated is refused by the read too", async () => {
  expect((await read({ name: "p", type: "integer" })).diagnostics).toMatchObject([{ severity: "error", path: "type" }]);
  expect((await read({ name: "p", type: "number", default: "1", validation: [{ min: 0.5 }] })).diagnostics).toEqual([]);
});
