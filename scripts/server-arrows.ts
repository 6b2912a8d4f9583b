/**
 * Checks the inside of server/ against docs/architecture.md: which room may import which, that there are no circular imports, and that SQL
 * is only where rows are read and written.
 */
import type { Source } from "./sources.ts";

/** The rooms that every feature may import, and what each of them may import from the others. */
export const BASE: Readonly<Record<string, readonly string[]>> = {
  encryption: [],
  input: [],
  network: [],
  grpc: [],
  database: ["encryption"],
  access: ["database"],
  http: ["access", "network"],
  audit: ["access", "database"],
};

/** Feature → the other features that it may import. */
export const FEATURES: Readonly<Record<string, readonly string[]>> = {
  keys: [],
  roles: [],
  "external-auth": [],
  "api-docs": [],
  files: [],
  people: ["keys", "roles"],
  deployment: [],
  sessions: ["keys", "people"],
  organizations: ["people", "roles"],
  tokens: ["keys", "people"],
  usage: ["keys", "people", "tokens"],
  "audit-log": ["people"],
  provisioning: ["files", "organizations"],
  resources: ["provisioning"],
  states: [],
  templates: ["external-auth", "files", "organizations", "people", "provisioning", "resources"],
  workspaces: ["external-auth", "keys", "people", "provisioning", "resources", "states", "templates"],
  agents: ["external-auth", "people", "resources"],
  authcheck: ["organizations", "people", "templates", "workspaces"],
};

/** Files outside of the rooms: the vocabulary that every room uses, and the only files that know every feature. */
const WORDS = ["server/errors.ts", "server/ids.ts"];
const ROOT = ["server/start.ts", "server/config.ts", "server/features.ts"];

/** Imports that the rules do not allow, and files with SQL in the wrong place: none. This list may only get shorter. */
export const EXCEPTIONS: ReadonlySet<string> = new Set([]);

export interface Finding {
  /** The finding in the form of an entry of {@link EXCEPTIONS}. */
  readonly what: string;
  readonly why: string;
}

export function findInsideServer(sources: readonly Source[], exceptions: ReadonlySet<string> = EXCEPTIONS): Finding[] {
  const inside = sources.filter(({ file }) => file.startsWith("server/"));
  const all = [...wrongArrows(inside), ...strayedSql(inside)];
  const found = new Set(all.map(({ what }) => what));
  const stale = [...exceptions]
    .filter((what) => !found.has(what))
    .map((what) => ({ what, why: "is in order by now: take it off the list" }));
  return [...all.filter(({ what }) => !exceptions.has(what)), ...stale, ...circles(inside), ...circlesOfRooms()];
}

function wrongArrows(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ file, imports }) => {
    const from = roomOf(file);
    if (from === undefined) return ROOT.includes(file) || WORDS.includes(file) ? [] : [{ what: file, why: "is in no room" }];
    const allowed = from in BASE ? BASE[from] : FEATURES[from];
    if (allowed === undefined) return [{ what: file, why: `${from} is not in the table of rooms` }];
    return imports.flatMap((target) => {
      if (!target.startsWith("server/") || WORDS.includes(target)) return [];
      const to = roomOf(target);
      const isAllowed = to === from || (to !== undefined && (allowed.includes(to) || (from in FEATURES && to in BASE)));
      return isAllowed ? [] : [{ what: `${file} -> ${target}`, why: `${from} may not import ${to ?? target}` }];
    });
  });
}

/**
 * Finds lines of the table that no import needs: each would let a later import in unseen.
 *
 * @param sources all of the server's
 */
export function findUnusedArrows(sources: readonly Source[]): Finding[] {
  const used = new Set(sources.flatMap(({ file, imports }) => imports.map((target) => `${roomOf(file)} -> ${roomOf(target)}`)));
  return Object.entries({ ...BASE, ...FEATURES })
    .flatMap(([from, allowed]) => allowed.map((to) => `${from} -> ${to}`))
    .filter((arrow) => !used.has(arrow))
    .map((what) => ({ what, why: "no file needs it: take it out of the table" }));
}

function roomOf(file: string): string | undefined {
  return /^server\/([^/]+)\//.exec(file)?.[1];
}

const SQL = /from "kysely"|\.(?:selectFrom|insertInto|updateTable|deleteFrom|withRecursive)\(|\bsql`/;
const MAY_HOLD_SQL = /^server\/database\/|(?:^|[/-])rows\.ts$/;

function strayedSql(sources: readonly Source[]): Finding[] {
  return sources
    .filter(({ file, text }) => !MAY_HOLD_SQL.test(file) && SQL.test(text))
    .map(({ file }) => ({ what: file, why: "has SQL: it belongs into rows.ts, or a file whose name ends so" }));
}

/** Finds files that import each other, directly or through others. */
function circles(sources: readonly Source[]): Finding[] {
  const importsOf = new Map(sources.map(({ file, imports }) => [file, imports.filter((target) => target !== file)]));
  return circlesOf(importsOf).map((circle) => ({ what: circle.join(" -> "), why: "is a circle" }));
}

function circlesOfRooms(): Finding[] {
  return circlesOf(new Map(Object.entries({ ...BASE, ...FEATURES }))).map((circle) => ({
    what: circle.join(" -> "),
    why: "is a circle of rooms",
  }));
}

/** Returns one circle for each import that closes one. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) {
      found.push([...path.slice(at), node]);
      return;
    }
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return found;
}
