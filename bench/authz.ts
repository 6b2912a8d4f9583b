/**
 * Measures what a decision costs: the median time of one `decide` that allows, for different numbers of organizations and allow-list
 * entries, and the cost of creating its subject. Nothing caches decisions; objects are created again for every round, like rows from a
 * database. The cases take turns. Run: `node bench/authz.ts [rounds]`.
 */
import { randomUUID } from "node:crypto";
import process from "node:process";
import type { AllowList } from "#authz/allow-list.ts";
import { decide } from "#authz/decide.ts";
import { type AuthzObject, workspaceObject } from "#authz/object.ts";
import { rolesOf } from "#authz/roles.ts";
import { effectiveScope } from "#authz/scope-catalog.ts";
import { type Subject, userSubject } from "#authz/subject.ts";
import { alternate, median, printSamples } from "./report.ts";

const ROUNDS = Number(process.argv[2] ?? 101);
const WARM_UP_ROUNDS = 40;
const DECISIONS = 2_000;
const SUBJECTS = 200;
const GOAL_NS = 1_000;
const NS = 1_000_000;

const OWNER = randomUUID();
const listOf = (entries: number): AllowList => Array.from({ length: entries }, () => ({ type: "workspace", id: randomUUID() }));
const organizationsOf = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

/** Creates a member of these organizations with a narrowed key, as authentication does from rows. */
function subjectOf(organizations: readonly string[], allowList: AllowList): Subject {
  const effective = effectiveScope(["coder:workspaces.operate", "coder:workspaces.access"], allowList);
  if (effective.kind === "unknown") throw new Error("expected a scope");
  const memberships = organizations.map((organizationId) => ({ organizationId, roles: [] }));
  const roles = rolesOf({ site: [], organizations: memberships }, (name) => {
    throw new Error(`unknown role ${name}`);
  });
  return userSubject({ id: OWNER, roles, groups: [], scope: effective.scope });
}

/** Creates a separate string, which V8 has not hashed or compared yet. */
const copyOf = (text: string): string => Buffer.from(text).toString();

function rows(organizations: readonly string[], allowList: AllowList): AuthzObject<"workspace" | "workspace_dormant">[] {
  return Array.from({ length: DECISIONS }, (_, n) =>
    workspaceObject({
      id: copyOf(allowList[n % allowList.length]?.id ?? ""),
      ownerId: copyOf(OWNER),
      organizationId: copyOf(organizations[n % organizations.length] ?? ""),
      userAcl: {},
      groupAcl: {},
    }),
  );
}

const decisions = (organizations: readonly string[], allowList: AllowList) => {
  const subject = subjectOf(organizations, allowList);
  return async (): Promise<number> => {
    const objects = rows(organizations, allowList);
    const started = performance.now();
    for (const object of objects) if (decide(subject, "start", object).kind !== "allowed") throw new Error("expected to be allowed");
    return ((performance.now() - started) * NS) / objects.length;
  };
};

const denials = (organizations: readonly string[], allowList: AllowList) => {
  const subject = subjectOf(organizations, allowList);
  return async (): Promise<number> => {
    const objects = rows(organizations, allowList);
    const started = performance.now();
    for (const object of objects) if (decide(subject, "delete", object).kind !== "denied") throw new Error("expected to be denied");
    return ((performance.now() - started) * NS) / objects.length;
  };
};

/** One lookup of an ID that is new to V8, among as many IDs as there are organizations: no decision can cost less. */
const lookUps = (organizations: readonly string[]) => {
  const known = new Map(organizations.map((id) => [id, true]));
  return async (): Promise<number> => {
    const ids = Array.from({ length: DECISIONS }, (_, n) => copyOf(organizations[n % organizations.length] ?? ""));
    const started = performance.now();
    for (const id of ids) if (known.get(id) !== true) throw new Error("expected to be known");
    return ((performance.now() - started) * NS) / ids.length;
  };
};

/** Includes the first decision, because that compiles the subject. The list is a new one each time, as after parsing. */
const building = (organizations: () => readonly string[], allowList: AllowList) => async (): Promise<number> => {
  const memberships = Array.from({ length: SUBJECTS }, organizations);
  const [id = ""] = allowList.map((entry) => entry.id);
  const started = performance.now();
  for (const of of memberships) {
    const object = workspaceObject({ id, ownerId: OWNER, organizationId: of[0] ?? "" });
    if (decide(subjectOf(of, [...allowList]), "start", object).kind !== "allowed") throw new Error("expected to be allowed");
  }
  return ((performance.now() - started) * NS) / memberships.length;
};

const SIZES = [1, 10, 100].flatMap((organizations) => [1, 10, 128].map((entries) => ({ organizations, entries })));
const nameOf = (what: string, { organizations, entries }: { organizations: number; entries: number }): string =>
  `${what}: ${organizations} orgs, ${entries} entries`;

const ways: Record<string, () => Promise<number>> = {
  "floor: one lookup in a Map of 1": lookUps(organizationsOf(1)),
  "floor: one lookup in a Map of 100": lookUps(organizationsOf(100)),
};
for (const size of SIZES) ways[nameOf("allow", size)] = decisions(organizationsOf(size.organizations), listOf(size.entries));
for (const size of SIZES.filter(({ entries }) => entries === 10))
  ways[nameOf("deny, with the reason", size)] = denials(organizationsOf(size.organizations), listOf(size.entries));
await alternate(ways, WARM_UP_ROUNDS);
const samples = await alternate(ways, ROUNDS);
printSamples("one decision", samples, "ns");

const medianOf = (name: string): number => median(samples.find((sample) => sample.name === name)?.times ?? []);
const one = medianOf(nameOf("allow", { organizations: 1, entries: 1 }));
const most = medianOf(nameOf("allow", { organizations: 100, entries: 1 }));
const lookUp = medianOf("floor: one lookup in a Map of 100") - medianOf("floor: one lookup in a Map of 1");
console.log(`1 organization: ${one.toFixed(0)} ns (goal: at most ${GOAL_NS})`);
console.log(
  `100 organizations: ${(most - one).toFixed(0)} ns more (goal: no growth except that of a lookup, here ${lookUp.toFixed(0)} ns)\n`,
);

const builds: Record<string, () => Promise<number>> = {};
for (const organizations of [1, 10, 100]) {
  const same = organizationsOf(organizations);
  builds[nameOf("memberships seen before", { organizations, entries: 1 })] = building(() => same, listOf(1));
  builds[nameOf("memberships seen before", { organizations, entries: 128 })] = building(() => same, listOf(128));
  builds[nameOf("new memberships", { organizations, entries: 1 })] = building(() => organizationsOf(organizations), listOf(1));
}
await alternate(builds, WARM_UP_ROUNDS / 4);
printSamples("one subject and its first decision", await alternate(builds, Math.ceil(ROUNDS / 4)), "ns");
