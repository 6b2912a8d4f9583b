import { describe, expect, test } from "vitest";
import type { CreateTokenRequest, UpdateTokenRequest } from "#sdk/api-keys.ts";
import { InvalidInputError } from "../errors.ts";
import { parseTokenPatch, parseTokenWish } from "./token-request.ts";

const W1 = "11111111-0000-4000-8000-000000000001";

function problems(work: () => unknown): readonly { readonly field: string; readonly detail: string }[] {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.fields;
    throw error;
  }
  return [];
}

describe("a request for a new token", () => {
  test("means everything when it is empty", () => {
    const everything = {
      scopes: ["coder:all"],
      allowList: ["*:*"],
      lifetimeMs: undefined,
      name: undefined,
      description: "",
      boundary: undefined,
    };
    expect(parseTokenWish({})).toEqual(everything);
    expect(parseTokenWish({ lifetime: 0, scope: "", scopes: [], token_name: "", allow_list: [], boundary: {} })).toEqual(everything);
  });

  test("is normalized to one spelling", () => {
    const wish = parseTokenWish({
      scopes: ["all", "workspace:read", "coder:all"],
      allow_list: [{ type: "workspace", id: W1.toUpperCase() }, `workspace:${W1}`, { type: "template", id: "*" }],
      lifetime: 3_600_000_000_000,
      boundary: { scopes: ["application_connect"], expires_at: "2030-01-01T01:00:00+01:00" },
    });
    expect(wish).toMatchObject({
      scopes: ["coder:all", "workspace:read"],
      allowList: ["template:*", `workspace:${W1}`],
      lifetimeMs: 3_600_000,
      boundary: { scopes: ["coder:application_connect"], allow_list: null, expires_at: "2030-01-01T00:00:00.000Z" },
    });
    expect(parseTokenWish({ scope: "application_connect" }).scopes).toEqual(["coder:application_connect"]);
  });

  test("may last a hundred years, which does not fit in 53 bits of nanoseconds", () => {
    expect(parseTokenWish({ lifetime: 3_155_760_000_000_000_000 }).lifetimeMs).toBe(876_600 * 3_600_000);
  });

  test("lasts a millisecond at least", () => expect(parseTokenWish({ lifetime: 1 }).lifetimeMs).toBe(1));

  const wrong: readonly { what: string; body: CreateTokenRequest; field: string; detail: string }[] = [
    { what: "scope beside scopes", body: { scope: "all", scopes: ["workspace:read"] }, field: "scope", detail: '"all"' },
    {
      what: "an unknown scope",
      body: { scopes: ["workspace:read", "workspace:reed"] },
      field: "scopes",
      detail: '"workspace:reed"; the nearest public scope is "workspace:read"',
    },
    { what: "an internal scope", body: { scopes: ["debug_info:read"] }, field: "scopes", detail: '"debug_info:read"' },
    { what: "the agents' scope", body: { scopes: ["no_user_data"] }, field: "scopes", detail: '"no_user_data"' },
    { what: "everything by another name", body: { scopes: ["*:*"] }, field: "scopes", detail: '"*:*"' },
    {
      what: "another letter case",
      body: { scopes: ["Workspace:read"] },
      field: "scopes",
      detail: '"Workspace:read"; the nearest public scope is "workspace:read"',
    },
    {
      what: "spaces",
      body: { scopes: [" workspace:read"] },
      field: "scopes",
      detail: '" workspace:read"; the nearest public scope is "workspace:read"',
    },
    { what: "the older form, unknown", body: { scope: "everything" }, field: "scope", detail: '"everything"' },
    { what: "a name of an object", body: { scopes: ["__proto__"] }, field: "scopes", detail: '"__proto__"' },
    {
      what: "an entry of no type",
      body: { allow_list: ["workspace:*", `moon:${W1}`] },
      field: "allow_list",
      detail: `entry 1 ("moon:${W1}"): unknown resource type "moon"`,
    },
    { what: "an entry without a colon", body: { allow_list: ["workspace"] }, field: "allow_list", detail: 'entry 0 ("workspace"): ' },
    {
      what: "an id that is no UUID",
      body: { allow_list: [{ type: "workspace", id: "w1" }] },
      field: "allow_list",
      detail: 'invalid workspace ID (must be UUID): "w1"',
    },
    {
      what: "too many entries",
      body: { allow_list: Array.from({ length: 129 }, () => "workspace:*") },
      field: "allow_list",
      detail: 'entry 128 ("workspace:*"): allow_list has 129 entries; max allowed is 128',
    },
    { what: "a negative lifetime", body: { lifetime: -1 }, field: "lifetime", detail: "lifetime must be positive number greater than 0" },
    { what: "a lifetime of more than 64 bits", body: { lifetime: 1e300 }, field: "lifetime", detail: "64 bits" },
    { what: "a long name", body: { token_name: "x".repeat(129) }, field: "token_name", detail: "at most 128" },
    { what: "a name with a line break", body: { token_name: "a\nb" }, field: "token_name", detail: "control characters" },
    { what: "a name with half a character", body: { token_name: "a\ud800" }, field: "token_name", detail: "control characters" },
    { what: "a name with a space at its end", body: { token_name: "a " }, field: "token_name", detail: "space" },
    { what: "a name that is an address of its own", body: { token_name: "tokenconfig" }, field: "token_name", detail: "reserved" },
    { what: "the name of a build's key", body: { token_name: `${W1}_${W1}_session_token` }, field: "token_name", detail: "reserved" },
    { what: "a long description", body: { description: "x".repeat(1_025) }, field: "description", detail: "1024" },
    { what: "a description with a zero byte", body: { description: "\0" }, field: "description", detail: "zero" },
    {
      what: "a boundary of an unknown scope",
      body: { boundary: { scopes: ["workspace:reed"] } },
      field: "boundary.scopes",
      detail: '"workspace:reed"',
    },
    { what: "a boundary of nothing", body: { boundary: { scopes: [] } }, field: "boundary.scopes", detail: "at least one" },
    { what: "a boundary of no object", body: { boundary: { allow_list: [] } }, field: "boundary.allow_list", detail: "at least one" },
    {
      what: "a boundary of a bad list",
      body: { boundary: { allow_list: ["workspace"] } },
      field: "boundary.allow_list",
      detail: "entry 0",
    },
    {
      what: "a boundary that ends on some day",
      body: { boundary: { expires_at: "tomorrow" } },
      field: "boundary.expires_at",
      detail: '"tomorrow"',
    },
    {
      what: "a boundary that ends on no day",
      body: { boundary: { expires_at: "2030-13-01T00:00:00Z" } },
      field: "boundary.expires_at",
      detail: "not a valid time",
    },
  ];
  for (const { what, body, field, detail } of wrong)
    test(`is refused with ${what}`, () => {
      expect(problems(() => parseTokenWish(body))).toEqual([{ field, detail: expect.stringContaining(detail) }]);
    });

  test("is refused with every fault at once", () => {
    const body = { scopes: ["x"], allow_list: ["a", "b"], lifetime: -5, token_name: " " };
    expect(problems(() => parseTokenWish(body)).map(({ field }) => field)).toEqual([
      "scopes",
      "allow_list",
      "allow_list",
      "lifetime",
      "token_name",
    ]);
  });

  test("costs little, however long it is, and little of it comes back", () => {
    const started = performance.now();
    const many = Array.from({ length: 1_000_000 }, () => "workspace:read");
    expect(parseTokenWish({ scopes: many }).scopes).toEqual(["workspace:read"]);
    const wrongBody = { scopes: ["x".repeat(4_000_000)], allow_list: many, token_name: "y".repeat(4_000_000) };
    expect(JSON.stringify(problems(() => parseTokenWish(wrongBody))).length).toBeLessThan(2_000);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("a request for a changed token", () => {
  test("keeps what is left out", () => {
    const nothing = { scopes: undefined, allowList: undefined, lifetimeMs: undefined, description: undefined, boundary: undefined };
    expect(parseTokenPatch({})).toEqual(nothing);
    expect(parseTokenPatch({ boundary: {} })).toEqual({ ...nothing, boundary: null });
    expect(parseTokenPatch({ description: "" })).toEqual({ ...nothing, description: "" });
  });

  const wrong: readonly { what: string; body: UpdateTokenRequest; field: string }[] = [
    { what: "scope beside scopes", body: { scope: "all", scopes: ["workspace:read"] }, field: "scope" },
    { what: "no scope at all", body: { scopes: [] }, field: "scopes" },
    { what: "an empty list, which on a new token means everything", body: { allow_list: [] }, field: "allow_list" },
    { what: "a lifetime of nothing", body: { lifetime: 0 }, field: "lifetime" },
    { what: "a negative lifetime", body: { lifetime: -1 }, field: "lifetime" },
  ];
  for (const { what, body, field } of wrong)
    test(`is refused with ${what}`, () => expect(problems(() => parseTokenPatch(body)).map((one) => one.field)).toEqual([field]));
});
