/** Every route, with every public scope and every kind of allow list, for what is one's own, somebody else's, and nobody's. */
import { isDeepStrictEqual } from "node:util";
import { insertKey } from "../contracts/keys.ts";
import { expectAnswer, parseLine, type RuleLine } from "./expect-answer.ts";
import { type Beyond, type Grants, readGrants, type ScopeFacts, type Thing, typeOf } from "./grants.ts";
import type { MatrixPerson, MatrixWorld } from "./matrix-world.ts";
import { NO_ID, type Recipe, type Recipes, type Side, thingsOf } from "./recipes.ts";
import { type Rule, readRules } from "./rules.ts";
import { allRows } from "./undo-log.ts";

const PREFIX = "/api/v2";
/** Nothing of what is asked about has it. */
const OTHER_ID = "88888888-8888-4888-8888-888888888888";

/** One request, but for the token that it comes with. */
interface Case {
  /** For messages. */
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly recipe: Recipe;
  readonly things: Readonly<Record<string, Thing>>;
  readonly user: string | undefined;
  /** Whether the caller is in the organization that the path names. */
  readonly isIn: boolean;
  /** Which parameter of the path names nothing. */
  readonly missing: string | undefined;
}

export interface MatrixReport {
  readonly requests: number;
  /** By status. */
  readonly answers: Readonly<Record<number, number>>;
  readonly disagreements: readonly string[];
}

/**
 * Asks each of the routes as each caller, and holds every answer against rules.md and grants.md. The database is afterwards as it was.
 *
 * @param tables other ones, for tests of this
 */
export async function runMatrix(
  world: MatrixWorld,
  recipes: Recipes,
  { grants, rules }: { readonly grants: Grants; readonly rules: readonly Rule[] } = { grants: readGrants(), rules: readRules() },
): Promise<MatrixReport> {
  const linesOf = new Map(rules.map(({ route, needs }) => [route, needs.map(parseLine)]));
  const { db } = world.world.store.system.core;
  const { undoLog } = world;
  const disagreements: string[] = [];
  const answers: Record<number, number> = {};
  let requests = 0;
  for (const caller of [world.mia, world.olive]) {
    const probe = await makeProbe(world, caller);
    const before = await allRows(db);
    await undoLog.keep();
    for (const [short, recipesOf] of Object.entries(recipes)) {
      const route = short.replace(" ", ` ${PREFIX}`);
      const lines = linesOf.get(route);
      if (lines === undefined) throw new Error(`rules.md has no ${route}`);
      const beyond = grants.beyond.filter((one) => one.route === route);
      const bodies = { 400: new Set<string>(), 404: new Set<string>() };
      for (const one of casesOf(world, caller, route, recipesOf)) {
        const asked = lines.filter((line) => isAsked(line, one));
        for (const allowList of allowListsOf(asked, one)) {
          for (const scope of grants.scopes) {
            const holder = { caller: caller.username, id: caller.id, scope, allowList };
            const expected = expectAnswer(grants, {
              lines,
              beyond,
              holder,
              thing: (line) => thingOf(line, one),
              isAsked: (line) => asked.includes(line),
              isRefused: (refusal) => isRefused(refusal, one, caller, holder),
              isPathMissing: one.missing !== undefined,
            });
            const headers = await probe.hold(scope.name, allowList);
            await undoLog.keep();
            const { body } = one.recipe;
            const payload = typeof body === "function" ? body({ scopes: [scope.name], allowList }) : body;
            const answer = await world.app.inject({
              method: one.method as "GET",
              url: one.url,
              headers: { ...headers, ...one.recipe.headers },
              ...(payload !== undefined && { payload }),
            });
            await undoLog.undo();
            requests++;
            answers[answer.statusCode] = (answers[answer.statusCode] ?? 0) + 1;
            const wanted = expected.status ?? one.recipe.status;
            const complain = (what: string): void => {
              disagreements.push(`${route}, ${one.name}, ${caller.username} with ${scope.name} on ${allowList.join()}: ${what}`);
            };
            if (answer.statusCode !== wanted) {
              complain(`wanted ${wanted} ${expected.text ?? ""}, got ${answer.statusCode} ${answer.body.slice(0, 300)}`);
              continue;
            }
            if (expected.text !== undefined) {
              const { message, detail = message } = answer.json();
              if (!String(detail).startsWith(expected.text)) complain(`wanted ${expected.text}, got ${answer.body}`);
            } else if (expected.status === 400 || expected.status === 404) bodies[expected.status].add(answer.body);
            const { shows } = one.recipe;
            if (expected.status === undefined && shows !== undefined && shows(answer.json()) === expected.isLeftOut)
              complain(
                `${expected.isLeftOut ? "shows what is to be left out" : "leaves out what is to be shown"}: ${answer.body.slice(0, 300)}`,
              );
          }
        }
      }
      for (const [status, seen] of Object.entries(bodies))
        if (seen.size > 1) disagreements.push(`${route}, ${status} tells hidden from missing: ${[...seen].join(" ")}`);
    }
    await probe.hold(PROBE.scopes[0], PROBE.allowList);
    await undoLog.keep();
    for (const [table, rows] of Object.entries(await allRows(db)))
      if (!isDeepStrictEqual(rows, before[table])) throw new Error(`${table} is not as it was: what was asked last was not what was meant`);
    await probe.remove();
    await undoLog.keep();
  }
  return { requests, answers, disagreements };
}

/** A token whose scope and list are changed for each request, as if it were another one. */
const PROBE = { scopes: ["workspace:read"], allowList: ["*:*"] } as const;

async function makeProbe({ world }: MatrixWorld, caller: MatrixPerson) {
  const { core } = world.store.system;
  const { key, secret } = await insertKey(world.store, {
    userId: caller.id,
    loginType: "token",
    tokenName: "probe",
    ...PROBE,
    lifetimeSeconds: 86_400,
  });
  // A use within the last minute is not written down again.
  await core.db.updateTable("api_keys").set({ last_used: world.clock.now(), ip_address: "127.0.0.1" }).where("id", "=", key.id).execute();
  return {
    hold: async (scope: string, allowList: readonly string[]) => {
      await core.db
        .updateTable("api_keys")
        .set({ scopes: [scope], allow_list: allowList })
        .where("id", "=", key.id)
        .execute();
      return { "coder-session-token": secret };
    },
    remove: () => core.db.deleteFrom("api_keys").where("id", "=", key.id).execute(),
  };
}

function casesOf(world: MatrixWorld, caller: MatrixPerson, route: string, recipesOf: Recipes[string]): Case[] {
  const own: Side = { world, which: "own", caller, person: caller, organization: world.home, template: world.template };
  const foreign: Side = { ...own, which: "foreign", person: world.finn, organization: world.far, template: world.hiddenTemplate };
  const recipes = { own: [recipesOf(own)].flat(), foreign: [recipesOf(foreign)].flat() };
  const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const make = (side: Side, recipe: Recipe, name: string, replaced: Record<string, string> = {}, missing?: string): Case => {
    const standard = { user: side.person.username, organization: side.organization.name, template: side.template.id };
    const path: Record<string, string> = { ...standard, ...recipe.path, ...replaced };
    const [method = "", template = ""] = route.split(" ");
    const url = template.replace(/\{(\w+)\}/g, (_, one: string) => {
      const value = path[one];
      if (value === undefined) throw new Error(`${route}: the recipe does not say what {${one}} is`);
      return value;
    });
    const defaults = thingsOf(side);
    // What a line names word by word comes before what is known of its type only.
    const things = {
      ...only(defaults, false),
      ...only(recipe.things ?? {}, false),
      ...only(defaults, true),
      ...only(recipe.things ?? {}, true),
    };
    const user = names.includes("user") ? path.user : undefined;
    return {
      name,
      method,
      url: url + (recipe.query ?? ""),
      recipe,
      things,
      user,
      isIn: caller.organizations.includes(path.organization ?? ""),
      missing,
    };
  };
  const cases = [
    ...recipes.own.map((recipe, index) => make(own, recipe, `own ${index}`)),
    ...recipes.foreign.map((recipe, index) => make(foreign, recipe, `foreign ${index}`)),
  ];
  const [first] = recipes.own;
  if (first === undefined) throw new Error(`${route}: no recipe`);
  if (names.includes("user") && first.path?.user === undefined) cases.push(make(own, first, "me", { user: "me" }));
  for (const name of names.filter((one) => !first.ignores?.includes(one))) {
    const value = name === "user" ? caller.username : (first.path?.[name] ?? (name === "template" ? NO_ID : ""));
    cases.push(make(own, first, `missing ${name}`, { [name]: missingLike(value) }, name));
  }
  return cases;
}

function only(things: Readonly<Record<string, Thing>>, isWordByWord: boolean): Record<string, Thing> {
  return Object.fromEntries(Object.entries(things).filter(([key]) => key.includes(" on ") === isWordByWord));
}

function missingLike(value: string): string {
  if (/^[0-9a-f-]{36}$/.test(value)) return NO_ID;
  return /^\d+$/.test(value) ? "99" : "nobody";
}

function isAsked({ condition }: RuleLine, { recipe, user, isIn }: Case): boolean {
  if (condition === undefined) return true;
  if (condition === "{user} is not me") return user !== "me";
  if (condition === "the caller is not in it") return !isIn;
  const holds = recipe.when?.[condition];
  if (holds === undefined) throw new Error(`the recipe does not say whether ${JSON.stringify(condition)}`);
  return holds;
}

function thingOf({ permission, what }: RuleLine, { things, missing }: Case): Thing {
  const type = typeOf(permission);
  const found = things[`${type} on ${what}`] ?? things[type];
  if (found === undefined) throw new Error(`nobody knows what ${permission} on ${what} is about`);
  return missing !== undefined && isNamedBy(missing, type, what) ? { id: NO_ID, isMissing: true } : found;
}

/** Whether a line is about what this parameter of the path names. */
function isNamedBy(parameter: string, type: string, what: string): boolean {
  if (parameter === "user") return what === "{user}";
  if (parameter === "organization") return what === "{organization}";
  return !["user", "organization", "assign_role", "assign_org_role"].includes(type) && !what.includes("{organization}");
}

function isRefused(
  { refused }: Beyond,
  { things }: Case,
  caller: MatrixPerson,
  holder: { readonly scope: ScopeFacts; readonly allowList: readonly string[] },
): boolean {
  switch (refused) {
    case "every token":
      return true;
    case "a token for another user than its own":
    case "everybody but oneself":
    case "widening a token of another user":
      return things.user?.id !== caller.id;
    case "oneself":
      return things.user?.id === caller.id;
    case "raising a token to `coder:all` or `type:*` on `*:*`, unless an owner does":
      return caller.username !== "olive" && /^coder:all$|:\*$/.test(holder.scope.name) && holder.allowList.includes("*:*");
    case "a token without `coder:all`, or whose allow list lacks `*:*`":
      return holder.scope.name !== "coder:all" || !holder.allowList.includes("*:*");
    default:
      throw new Error(`grants.md: nobody knows what ${JSON.stringify(refused)} is`);
  }
}

/**
 * One that admits everything; one that names just what is asked about; one that names only the last of it, and so leaves helper types
 * unmentioned; and one that mentions the same types and admits nothing.
 */
function allowListsOf(asked: readonly RuleLine[], one: Case): readonly (readonly string[])[] {
  const about = asked.map((line) => ({ line, type: typeOf(line.permission), thing: thingOf(line, one) }));
  if (about.length === 0) return [["*:*"], [`workspace:${OTHER_ID}`]];
  const entry = (type: string, { id }: Thing): string => `${type}:${id ?? "*"}`;
  const last = about.findLast(({ line, thing }) => line.refusal !== "less" && thing.id !== undefined) ?? about.at(-1);
  const lists = [
    ["*:*"],
    about.map(({ type, thing }) => entry(type, thing)),
    last === undefined ? [] : [entry(last.type, last.thing)],
    about.map(({ type }) => `${type}:${OTHER_ID}`),
  ];
  return [...new Map(lists.map((list) => [...new Set(list)].toSorted()).map((list) => [list.join(), list])).values()];
}
