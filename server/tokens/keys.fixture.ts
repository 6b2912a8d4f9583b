import { UserId } from "../ids.ts";
import type { HeldKey } from "../keys/grants.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "./lifetimes.ts";
import type { KeyUser, MintTerms } from "./mint-rules.ts";
import type { TokenPatch, TokenWish } from "./token-request.ts";

export const NOW = new Date("2030-01-01T00:00:00.000Z");
export const TERMS: MintTerms = { lifetimes: DEFAULT_TOKEN_LIFETIMES, now: NOW };
export const HOUR = 3_600_000;
export const ANN = UserId.parse("aaaaaaaa-0000-4000-8000-000000000001");
export const BOB = UserId.parse("bbbbbbbb-0000-4000-8000-000000000001");
export const MEMBER: KeyUser = { id: ANN, siteRoles: [] };
export const W1 = "workspace:11111111-0000-4000-8000-000000000001";
export const W2 = "workspace:22222222-0000-4000-8000-000000000002";
export const T1 = "template:33333333-0000-4000-8000-000000000003";

export function hoursAhead(hours: number): Date {
  return new Date(NOW.getTime() + hours * HOUR);
}

/** Ann's session. */
export const SESSION: HeldKey = {
  id: "session001",
  user_id: ANN,
  login_type: "password",
  token_name: "",
  scopes: ["coder:all"],
  allow_list: ["*:*"],
  boundary: null,
  ceilings: [],
  expires_at: hoursAhead(24),
};

/** A token of Ann's for a day, on all objects. */
export function token(scopes: readonly string[], more: Partial<HeldKey> = {}): HeldKey {
  return { ...SESSION, id: "token00001", login_type: "token", token_name: "t", scopes, ...more };
}

export function wish(more: Partial<TokenWish> = {}): TokenWish {
  return {
    scopes: ["coder:all"],
    allowList: ["*:*"],
    lifetimeMs: undefined,
    name: undefined,
    description: "",
    boundary: undefined,
    ...more,
  };
}

export function patch(more: Partial<TokenPatch>): TokenPatch {
  return { scopes: undefined, allowList: undefined, lifetimeMs: undefined, description: undefined, boundary: undefined, ...more };
}
