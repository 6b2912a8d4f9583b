/** Whatever is minted, changed and ended in whatever order: no key does what those above it may not hand on. On the real store. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "#authz/decide.ts";
import type { AuthzObject } from "#authz/object.ts";
import { type Action, RESOURCE_ACTIONS } from "#authz/resource-types.ts";
import { subjectOfKey } from "#server/access/subject-of-key.ts";
import type { ApiKey } from "#server/access/used-key-rows.ts";
import type { StoredBoundary } from "#server/database/tables/keys.ts";
import { DomainError } from "#server/errors.ts";
import type { UserId } from "#server/ids.ts";
import { boundaryOf, ceilingOf, isToken } from "#server/keys/grants.ts";
import { patch, wish } from "#server/tokens/keys.fixture.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "#server/tokens/lifetimes.ts";
import type { TokenWish } from "#server/tokens/token-request.ts";
import { newSqlite } from "./databases.ts";
import { insertKey } from "./keys.ts";
import type { StoreView } from "./store-view.ts";
import { openWorld, type World } from "./world.ts";

const HOUR = 3_600_000;
const OPTIONS = { lifetimes: DEFAULT_TOKEN_LIFETIMES };
const [A, B] = ["11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"];

const SCOPES = [
  "api_key:create",
  "api_key:update",
  "api_key:*",
  "workspace:read",
  "workspace:ssh",
  "workspace:*",
  "template:read",
  "file:create",
  "coder:workspaces.access",
  "coder:workspaces.operate",
  "coder:workspaces.create",
  "coder:templates.build",
  "coder:all",
];
const ENTRIES = [
  "*:*",
  "workspace:*",
  "template:*",
  "api_key:*",
  "organization_member:*",
  `*:${A}`,
  `workspace:${A}`,
  `workspace:${B}`,
  `template:${A}`,
];

const scopes = fc.subarray(SCOPES, { minLength: 1, maxLength: 4 });
const allowList = fc.oneof(
  { weight: 2, arbitrary: fc.constant(["*:*"]) },
  { weight: 3, arbitrary: fc.subarray(ENTRIES, { minLength: 1, maxLength: 4 }) },
);
const lifetimeMs = fc.option(
  fc.integer({ min: 1, max: 10 }).map((hours) => hours * HOUR),
  { nil: undefined },
);
const boundary: fc.Arbitrary<StoredBoundary> = fc.record({
  scopes: fc.option(scopes),
  allow_list: fc.option(allowList),
  expires_at: fc.constant(null),
});
/** Which of the keys that there are, however many. */
const which = fc.noBias(fc.nat(1_000));

type Step =
  | { readonly kind: "mint"; readonly by: number; readonly wish: Pick<TokenWish, "scopes" | "allowList" | "lifetimeMs"> }
  /** A part of what the key may hand on; each bit of the mask leaves something out. */
  | { readonly kind: "mint_part"; readonly by: number; readonly mask: number }
  | {
      readonly kind: "change";
      readonly by: number;
      readonly target: number;
      readonly change: Partial<Pick<TokenWish, "scopes" | "allowList" | "lifetimeMs">>;
    }
  | { readonly kind: "end"; readonly by: number; readonly target: number; readonly how: "expire" | "delete"; readonly cascade: boolean }
  | { readonly kind: "wait"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("mint_part" as const), by: which, mask: fc.noBias(fc.nat(255)) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("mint" as const), by: which, wish: fc.record({ scopes, allowList, lifetimeMs }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("change" as const),
      by: which,
      target: which,
      change: fc.record({ scopes, allowList, lifetimeMs }, { requiredKeys: [] }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("end" as const),
      by: which,
      target: which,
      how: fc.constantFrom("expire" as const, "delete" as const),
      cascade: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: HOUR }) }) },
);

/** It may make and change keys, so that the steps come to something. */
const root = fc.record({ scopes, allowList, lifetimeMs, boundary: fc.option(boundary, { nil: undefined }) }).map((wish) => ({
  ...wish,
  scopes: [...new Set(["api_key:create", "api_key:update", ...wish.scopes])],
  allowList: wish.allowList.includes("*:*") ? wish.allowList : [...new Set(["api_key:*", ...wish.allowList])],
}));

/** A user's keys, and who shows them. */
class Keyring {
  readonly #world: World;
  readonly #userId: UserId;
  readonly #secrets = new Map<string, string>();

  constructor(world: World, userId: UserId) {
    this.#world = world;
    this.#userId = userId;
  }

  async session(): Promise<string> {
    const key = { loginType: "password", scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds: 1_000_000 } as const;
    return this.#keep(await insertKey(this.#world.store, { ...key, userId: this.#userId }));
  }

  /** @returns the id; undefined when it was refused */
  mint(by: string, wished: Partial<TokenWish>): Promise<string | undefined> {
    return this.#as(by, async (view) => this.#keep(await view.apiKeys.mint(this.#userId, wish(wished), OPTIONS)));
  }

  /** Somebody who holds a key tries it, whether it is allowed or not. @param idle keys that nobody shows */
  async take(step: Step, idle: readonly string[] = []): Promise<void> {
    const keys = await this.rows();
    const pick = <T>(of: readonly T[], index: number): T | undefined => of[index % Math.max(1, of.length)];
    if (step.kind === "wait") return this.#world.clock.advance(step.ms);
    const tokens = keys.filter(isToken);
    const callers = keys.map(({ id }) => id).filter((id) => !idle.includes(id));
    const by = pick(callers, step.by);
    if (by === undefined) return;
    if (step.kind === "mint") return void (await this.mint(by, step.wish));
    if (step.kind === "mint_part") {
      const { scopes, allowList } = partOf(
        keys.find(({ id }) => id === by),
        step.mask,
      );
      return void (await this.mint(by, { scopes, allowList }));
    }
    const target = pick(tokens, step.target);
    if (target === undefined) return;
    if (step.kind === "end") return this.#as(by, (view) => view.apiKeys[step.how](target.id, { cascade: step.cascade }));
    await this.#as(by, (view) => view.apiKeys.update(this.#userId, target.token_name, patch(step.change), OPTIONS));
  }

  /** Those that have not ended. */
  async rows(): Promise<readonly ApiKey[]> {
    const { db, now } = this.#world.store.system.core;
    const rows = await db
      .selectFrom("api_keys")
      .selectAll()
      .where("user_id", "=", this.#userId)
      .where("expires_at", ">", now())
      .orderBy("created_at")
      .orderBy("id")
      .execute();
    return rows.map(({ hashed_secret: _hash, ...key }) => key);
  }

  #keep({ key, secret }: { readonly key: ApiKey; readonly secret: string }): string {
    this.#secrets.set(key.id, secret);
    return key.id;
  }

  async #as<T>(id: string, work: (view: StoreView) => Promise<T>): Promise<T | undefined> {
    const { store } = this.#world;
    const found = await store.system.authentication.withApiKey(this.#secrets.get(id) ?? "", { ipAddress: "" });
    if (found === undefined) return undefined;
    try {
      return await work(store.as(found.subject));
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }
}

function partOf(key: ApiKey | undefined, mask: number): Pick<TokenWish, "scopes" | "allowList"> {
  if (key === undefined) return { scopes: [], allowList: [] };
  const { scopes, allowList } = boundaryOf(key);
  const some = (all: readonly string[], bits: number): readonly string[] =>
    all.filter((_, index) => index === 0 || (bits >> index) % 2 === 0);
  return { scopes: some(scopes, mask), allowList: some(allowList, mask >> 4) };
}

/** No shrinking: that would run the store for minutes, and the seed tells as much. */
const RUNS = { numRuns: 40, endOnFailure: true };

const OBJECTS: readonly AuthzObject[] = (["workspace", "template", "api_key", "organization_member", "file", "user"] as const).flatMap(
  (type) => [A, B, undefined].map((id) => ({ type, id })),
);

/** Everything of a small world that a key with these columns may do, whatever its user's roles; nothing for one that opens nothing. */
function powers(key: Pick<ApiKey, "scopes" | "allow_list" | "ceilings">): Set<string> {
  const row = { ...key, id: "x", user_id: A as UserId, login_type: "token" as const };
  const made = subjectOfKey(row, { site: ["owner"], organizations: [], groups: [] }, () => {});
  if (made.kind === "unknown") return new Set();
  const { subject } = made;
  const allowed = new Set<string>();
  for (const object of OBJECTS)
    for (const action of RESOURCE_ACTIONS[object.type] as readonly Action[])
      if (decide(subject, action, object).kind === "allowed") allowed.add(`${action} ${object.type} ${object.id}`);
  return allowed;
}

function handedOn(key: ApiKey): Set<string> {
  const { scopes, allowList } = boundaryOf(key);
  return powers({ scopes, allow_list: allowList, ceilings: key.ceilings });
}

async function newKeyring(world: World): Promise<Keyring> {
  runs += 1;
  const { id } = await world.store.system.users.create({
    email: `u${runs}@example.test`,
    username: `u${runs}`,
    loginType: "none",
    roles: runs % 2 === 0 ? ["owner"] : [],
    organizationIds: [],
  });
  return new Keyring(world, id);
}
let runs = 0;

test("a child does nothing that its parent may not hand on, and does not outlive it", { timeout: 120_000 }, async () => {
  const world = await openWorld(newSqlite);
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(root, { minLength: 1, maxLength: 3 }),
      fc.array(step, { minLength: 10, maxLength: 25 }),
      async (roots, steps) => {
        const keys = await newKeyring(world);
        const session = await keys.session();
        for (const wish of roots) await keys.mint(session, wish);
        for (const one of steps) await keys.take(one);
        const rows = await keys.rows();
        for (const child of rows) {
          const parent = rows.find(({ id }) => id === child.minted_by);
          if (parent === undefined || !isToken(parent)) continue;
          seen += 1;
          expect(powers(child).difference(handedOn(parent))).toEqual(new Set());
          expect(child.expires_at.getTime()).toBeLessThanOrEqual(boundaryOf(parent).expiresAt);
          // Above it: whatever was between the two and is gone, then the parent.
          const above = [ceilingOf(parent), ...parent.ceilings];
          expect(child.ceilings.slice(-above.length)).toEqual(above);
        }
      },
    ),
    RUNS,
  );
  // The steps are random, and most of them are refused.
  expect(seen).toBeGreaterThan(20);
});

test("tokens among themselves come to nothing that none of them held or could hand on before", { timeout: 120_000 }, async () => {
  const world = await openWorld(newSqlite);
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(root, { minLength: 2, maxLength: 4 }),
      fc.array(step, { minLength: 10, maxLength: 25 }),
      async (roots, steps) => {
        const keys = await newKeyring(world);
        const session = await keys.session();
        for (const wish of roots) await keys.mint(session, wish);
        const before = (await keys.rows()).filter(isToken);
        const grants = before.flatMap((key) => [powers(key), handedOn(key)]);
        const latest = Math.max(...before.map((key) => Math.max(key.expires_at.getTime(), boundaryOf(key).expiresAt)));
        for (const one of steps) await keys.take(one, [session]);
        for (const key of (await keys.rows()).filter(isToken)) {
          const was = before.find(({ id }) => id === key.id);
          if (was === undefined || String(was.scopes) !== String(key.scopes) || String(was.allow_list) !== String(key.allow_list))
            changed += 1;
          for (const power of [powers(key), handedOn(key)]) expect(grants.some((grant) => power.isSubsetOf(grant))).toBe(true);
          expect(key.expires_at.getTime()).toBeLessThanOrEqual(latest);
        }
      },
    ),
    RUNS,
  );
  expect(changed).toBeGreaterThan(20);
});
