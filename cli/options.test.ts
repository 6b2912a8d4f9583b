import { expect, test } from "vitest";
import { daemonName } from "./daemon-name.ts";
import { collectPairs, collectWords, parseDurationFrom, parseDurationMs, parseLifetimeMs } from "./options.ts";

for (const [text, ms] of [
  ["500ms", 500],
  ["45s", 45_000],
  ["1h30m", 5_400_000],
  ["10m0s", 600_000],
  ["1.5s", 1_500],
  ["2d", 172_800_000],
  ["1y", 31_536_000_000],
] as const) {
  test(`${text} is ${ms} ms`, () => expect(parseDurationMs(text)).toBe(ms));
}
for (const text of ["", "10", "s", "1h 30m", "-1s", "1w"]) {
  test(`"${text}" is not a duration`, () => expect(() => parseDurationMs(text)).toThrow("It must be a duration"));
}

test("a duration may have a minimum", () => {
  expect(parseDurationFrom("5s")("5s")).toBe(5_000);
  expect(() => parseDurationFrom("5s")("4999ms")).toThrow("It must be at least 5s.");
});

test("later pairs win, and a value may hold equals signs", () => {
  expect(collectPairs("a=b=c", collectPairs("a=1", { d: "" }))).toEqual({ a: "b=c", d: "" });
});

for (const [hostname, suffix, name] of [
  ["box.example.com", undefined, "box"],
  ["my_box", "0", "my-box-0"],
  ["--", "1", "provisioner-1"],
  ["x".repeat(80), "2", `${"x".repeat(62)}-2`],
] as const) {
  test(`the daemon of ${hostname} is called ${name}`, () => expect(daemonName(hostname, suffix)).toBe(name));
}

for (const [text, problem] of [
  ["0h", "It must be longer than zero."],
  ["-1h", "It must be a duration such as 8h, 30d, 1y or 1d12h30m."],
  ["forever", "It must be a duration such as 8h, 30d, 1y or 1d12h30m."],
] as const) {
  test(`"${text}" is not a lifetime`, () => expect(() => parseLifetimeMs(text)).toThrow(problem));
}

test("words are collected from repeated options and from between commas", () => {
  expect(collectWords("c , d", collectWords("a,b", undefined))).toEqual(["a", "b", "c", "d"]);
  for (const text of ["", "a,", ","]) expect(() => collectWords(text, undefined)).toThrow("It must not be empty.");
});
