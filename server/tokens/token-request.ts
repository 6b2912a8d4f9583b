/**
 * From a request's JSON to a checked wish: names are rewritten, lists normalized, and every wrong field is named. Whether the caller may
 * have it is not decided here.
 */
import { formatAllowList, parseAllowList } from "#authz/allow-list.ts";
import { parseScopeNames } from "#authz/scope-catalog.ts";
import type { CreateTokenRequest, UpdateTokenRequest } from "#sdk/api-keys.ts";
import type { StoredBoundary } from "../database/tables/keys.ts";
import { InvalidInputError } from "../errors.ts";
import { FieldChecks } from "../input/names.ts";
import { LONGEST_LIFETIME_MS, NANOSECONDS_PER_MS } from "./lifetimes.ts";

/** Everything about a requested token that does not depend on who asks. */
export interface TokenWish {
  readonly scopes: readonly string[];
  /** `type:id` entries. */
  readonly allowList: readonly string[];
  /** Undefined: the default. */
  readonly lifetimeMs: number | undefined;
  /** Undefined: a random one. */
  readonly name: string | undefined;
  readonly description: string;
  readonly boundary: StoredBoundary | undefined;
}

/** Fields that are undefined stay as they are. */
export interface TokenPatch {
  readonly scopes: readonly string[] | undefined;
  readonly allowList: readonly string[] | undefined;
  /** Counted from now. */
  readonly lifetimeMs: number | undefined;
  readonly description: string | undefined;
  /** Null removes it. */
  readonly boundary: StoredBoundary | null | undefined;
}

const ALL = ["*:*"];
const LONGEST_NAME = 128;
const LONGEST_DESCRIPTION = 1_024;

/** @throws InvalidInputError with every field that is wrong */
export function parseTokenWish(body: CreateTokenRequest): TokenWish {
  const reader = new TokenFields("Failed to create API key.");
  const wish: TokenWish = {
    scopes: reader.scopes(body) ?? ["coder:all"],
    allowList: body.allow_list?.length ? reader.allowList("allow_list", body.allow_list) : ALL,
    lifetimeMs: body.lifetime === undefined || body.lifetime === 0 ? undefined : reader.lifetimeMs(body.lifetime),
    name: body.token_name ? reader.name(body.token_name) : undefined,
    description: reader.description(body.description ?? ""),
    boundary: (body.boundary && reader.boundary(body.boundary)) ?? undefined,
  };
  reader.done();
  return wish;
}

/** @throws InvalidInputError with every field that is wrong */
export function parseTokenPatch(body: UpdateTokenRequest): TokenPatch {
  const reader = new TokenFields("Failed to update API key.");
  // Left out means unchanged, so empty cannot mean the same, and emptying a list should not widen it to everything.
  if (body.scopes?.length === 0 || body.scope === "") reader.add("scopes", "a token must have at least one scope");
  if (body.allow_list?.length === 0) reader.add("allow_list", "a token must have at least one entry; *:* admits everything");
  const patch: TokenPatch = {
    scopes: reader.scopes(body),
    allowList: body.allow_list && reader.allowList("allow_list", body.allow_list),
    lifetimeMs: body.lifetime === undefined ? undefined : reader.lifetimeMs(body.lifetime),
    description: body.description === undefined ? undefined : reader.description(body.description),
    boundary: body.boundary && reader.boundary(body.boundary),
  };
  reader.done();
  return patch;
}

/** Collects what is wrong. Its result for a wrong value is never used, because `done` throws. */
class TokenFields {
  readonly #checks = new FieldChecks();
  readonly #message: string;
  #isWrong = false;

  constructor(message: string) {
    this.#message = message;
  }

  add(field: string, detail: string): void {
    this.#isWrong = true;
    this.#checks.add(field, detail);
  }

  scopes({ scope = "", scopes = [] }: Pick<CreateTokenRequest, "scope" | "scopes">): readonly string[] | undefined {
    if (scope !== "" && scopes.length > 0)
      this.add("scope", `scope and scopes exclude each other: send scopes only, instead of scope ${quote(scope)}`);
    else if (scope !== "") return this.#scopeNames("scope", [scope]);
    else if (scopes.length > 0) return this.#scopeNames("scopes", scopes);
    return undefined;
  }

  #scopeNames(field: string, names: readonly string[]): readonly string[] {
    const parsed = parseScopeNames(names);
    if (parsed.kind === "parsed") return parsed.names;
    const hint = parsed.nearest === undefined ? "" : `; the nearest public scope is ${quote(parsed.nearest)}`;
    this.add(field, `invalid or unsupported API key scope: ${quote(parsed.name)}${hint}`);
    return [];
  }

  allowList(field: string, entries: readonly unknown[]): readonly string[] {
    const parsed = parseAllowList(entries);
    if (parsed.kind === "parsed") return formatAllowList(parsed.allowList);
    for (const { index, entry, message } of parsed.errors) this.add(field, `entry ${index} (${quote(entry)}): ${message}`);
    return [];
  }

  lifetimeMs(nanoseconds: number): number {
    if (nanoseconds <= 0) this.add("lifetime", "lifetime must be positive number greater than 0");
    if (nanoseconds > LONGEST_LIFETIME_MS * NANOSECONDS_PER_MS) this.add("lifetime", "lifetime must fit in 64 bits of nanoseconds");
    return Math.max(1, Math.floor(nanoseconds / NANOSECONDS_PER_MS));
  }

  name(name: string): string {
    const problem = nameProblem(name);
    if (problem !== undefined) this.add("token_name", problem);
    return name;
  }

  description(text: string): string {
    if (text.length > LONGEST_DESCRIPTION) this.add("description", `A description can have at most ${LONGEST_DESCRIPTION} characters.`);
    if (!isStorable(text)) this.add("description", "A description cannot contain zero bytes or invalid Unicode.");
    return text;
  }

  boundary({ scopes, allow_list: allowList, expires_at: expiresAt }: NonNullable<CreateTokenRequest["boundary"]>): StoredBoundary | null {
    if (scopes?.length === 0)
      this.add("boundary.scopes", "a boundary must have at least one scope; to use the token's own scopes, leave this field out");
    if (allowList?.length === 0)
      this.add("boundary.allow_list", "a boundary must have at least one entry; to use the token's own list, leave this field out");
    const end = expiresAt === undefined ? undefined : this.#time("boundary.expires_at", expiresAt);
    const boundary: StoredBoundary = {
      scopes: scopes === undefined ? null : this.#scopeNames("boundary.scopes", scopes),
      allow_list: allowList === undefined ? null : this.allowList("boundary.allow_list", allowList),
      expires_at: end ?? null,
    };
    return boundary.scopes === null && boundary.allow_list === null && boundary.expires_at === null ? null : boundary;
  }

  #time(field: string, text: string): string {
    const at = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(at)) return new Date(at).toISOString();
    this.add(field, `${quote(text)} is not a valid time: expected a form such as 2030-01-31T12:00:00Z`);
    return "";
  }

  /** @throws InvalidInputError if anything was wrong */
  done(): void {
    if (!this.#isWrong) return;
    try {
      this.#checks.done();
    } catch (cause) {
      if (!(cause instanceof InvalidInputError)) throw cause;
      throw new InvalidInputError(this.#message, cause.fields);
    }
  }
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;
/** The name of the key that a build gets from the server. */
const BUILD_KEY_NAME = /^[0-9a-f-]{36}_[0-9a-f-]{36}_session_token$/i;
/** Names with another meaning in the path `…/keys/tokens/{name}`. */
const RESERVED = new Set(["tokenconfig", ".", ".."]);

function nameProblem(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `A token's name can have at most ${LONGEST_NAME} characters.`;
  if (!isStorable(name) || /\p{Cc}/u.test(name)) return "A token's name cannot contain control characters.";
  if (name.trim() !== name) return "A token's name cannot begin or end with a space.";
  if (RESERVED.has(name.toLowerCase()) || BUILD_KEY_NAME.test(name)) return `The name ${quote(name)} is reserved.`;
  return undefined;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** Quotes a text, cut off because it may be of any length. */
function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
}
