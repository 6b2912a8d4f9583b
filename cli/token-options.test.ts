import { Command } from "commander";
import { expect, test } from "vitest";
import { ApiError } from "#sdk/api-error.ts";
import { type GrantOptions, lifetimeOption, namingOptions, toTokenRequest, withGrantOptions } from "./token-options.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

function parse(...args: string[]): GrantOptions {
  const command = withGrantOptions(new Command(), lifetimeOption("how long")).exitOverride();
  return command.parse(args, { from: "user" }).opts<GrantOptions>();
}

test("asks for nothing that was not named", () => expect(toTokenRequest(parse(), NOW)).toEqual({}));

test("sends scopes and objects as they were given, repeated or between commas", () => {
  expect(toTokenRequest(parse("--scope", "workspace:read,Workspace:*", "--scope", "all", "--allow", "template:*"), NOW)).toEqual({
    scopes: ["workspace:read", "Workspace:*", "all"],
    allow_list: ["template:*"],
  });
});

for (const { text, nanoseconds } of [
  { text: "8h", nanoseconds: 28_800_000_000_000 },
  { text: "30d", nanoseconds: 2_592_000_000_000_000 },
  { text: "1y", nanoseconds: 31_536_000_000_000_000 },
  { text: "1d12h30m", nanoseconds: 131_400_000_000_000 },
  { text: "1.5h", nanoseconds: 5_400_000_000_000 },
]) {
  test(`sends a lifetime of ${text} in nanoseconds`, () => {
    expect(toTokenRequest(parse("--lifetime", text), NOW)).toEqual({ lifetime: nanoseconds });
  });
}

test("sends the parts of a boundary that were named, its end as a time", () => {
  const options = parse("--boundary-scope", "workspace:read", "--boundary-lifetime", "1h");
  expect(toTokenRequest(options, NOW)).toEqual({ boundary: { scopes: ["workspace:read"], expires_at: "2026-01-01T01:00:00.000Z" } });
});

test("keeps the parts of a boundary that is there", () => {
  const before = { scopes: ["workspace:*"], expires_at: "2026-02-01T00:00:00Z" };
  expect(toTokenRequest(parse("--boundary-allow", "workspace:*"), NOW, before)).toEqual({
    boundary: { ...before, allow_list: ["workspace:*"] },
  });
  expect(toTokenRequest(parse("--description", "x"), NOW, before)).toEqual({ description: "x" });
});

test("says of an option what the server says of its field", async () => {
  const validations = [
    { field: "scopes", detail: 'invalid or unsupported API key scope: "x"' },
    { field: "allow_list[3]", detail: "no" },
    { field: "boundary.allow_list", detail: "no" },
    { field: "elsewhere", detail: "no" },
  ];
  const request = Promise.reject(new ApiError("POST /x", 400, { message: "Failed to create API key.", detail: "why", validations }));
  await expect(namingOptions(request)).rejects.toMatchObject({
    message: "Failed to create API key.",
    details: ['\t--scope: invalid or unsupported API key scope: "x"', "\t--allow: no", "\t--boundary-allow: no", "\telsewhere: no", "why"],
  });
});

test("leaves other failures as they are", async () => {
  const refusal = new ApiError("POST /x", 403, { message: "Forbidden.", detail: "excess" });
  await expect(namingOptions(Promise.reject(refusal))).rejects.toBe(refusal);
});
