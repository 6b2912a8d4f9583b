/** The tables of grants.md, and what follows from them and from rules.md. Knows nothing of the code that decides. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a need asks about, as far as roles, lists and scopes look at it. */
export interface Thing {
  /** What an allow list may name. Undefined: it has no id, or is still to be made. */
  readonly id?: string | undefined;
  readonly owner?: string | undefined;
  /** The organization's name. */
  readonly organization?: string | undefined;
  /** With everybody in its organization, as grants.md says. */
  readonly isShared?: boolean;
  readonly isMissing?: boolean;
}

export interface ScopeFacts {
  readonly name: string;
  readonly allows: readonly string[];
  readonly defaults: readonly string[];
}

/** `on` as grants.md words it. */
interface CallerRow {
  readonly caller: string;
  readonly on: string;
  readonly may: readonly string[];
}

export interface Beyond {
  readonly route: string;
  readonly refused: string;
  readonly status: 400 | 403;
  /** How `detail` begins, or else `message`. */
  readonly text: string;
  /** The permission of a need; undefined: after all. */
  readonly after: string | undefined;
}

export interface Grants {
  readonly scopes: readonly ScopeFacts[];
  readonly agentScopes: readonly ScopeFacts[];
  readonly callers: readonly CallerRow[];
  readonly beyond: readonly Beyond[];
}

/** @throws Error for a row of another form */
export function readGrants(): Grants {
  const text = readFileSync(join(import.meta.dirname, "grants.md"), "utf8");
  const words = (cell: string): string[] => (cell === "-" ? [] : cell.replaceAll("\\", "").split(" "));
  const rows = (title: string, width: number): string[][] => {
    const [, section = ""] = text.split(`\n## ${title}\n`);
    const lines = (section.split("\n## ", 1)[0] ?? "").split("\n").filter((line) => line.startsWith("|"));
    const [, , ...cells] = lines.map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim().replace(/^`(.*)`$/, "$1")),
    );
    for (const row of cells) if (row.length !== width) throw new Error(`grants.md, ${title}: ${row.join(" | ")}`);
    return cells;
  };
  return {
    scopes: rows("Scopes", 3).map(([name = "", allows = "", defaults = ""]) => ({
      name,
      allows: words(allows),
      defaults: words(defaults),
    })),
    agentScopes: rows("Agents", 2).map(([name = "", allows = ""]) => ({ name, allows: words(allows), defaults: [] })),
    callers: rows("Callers", 3).map(([caller = "", on = "", may = ""]) => ({ caller, on, may: words(may) })),
    beyond: rows("Refusals beyond the needs", 5).map(([route = "", refused = "", status, text = "", after = ""]) => ({
      route,
      refused,
      status: status === "400" ? 400 : 403,
      text,
      after: after === "-" ? undefined : after,
    })),
  };
}

/** A key or agent's token as the tables see it. */
export interface Holder {
  /** A name of the table of callers. */
  readonly caller: string;
  /** The caller's id, as things name their owner. */
  readonly id: string;
  readonly scope: ScopeFacts;
  /** `type:id` entries. */
  readonly allowList: readonly string[];
}

/** Both must agree: what the roles allow, and what the scope allows on what the list admits. */
export function allows({ callers }: Grants, holder: Holder, permission: string, thing: Thing): boolean {
  const byRole = callers.some(({ caller, on, may }) => caller === holder.caller && holds(may, permission) && reaches(on, holder, thing));
  return byRole && allowsByScope(holder, permission, thing);
}

function reaches(on: string, holder: Holder, thing: Thing): boolean {
  const isOwn = thing.owner === holder.id;
  switch (on) {
    case "anything":
      return true;
    case "what is in home":
      return thing.organization === "home";
    case "what is shared with home":
      return thing.organization === "home" && thing.isShared === true;
    case "her own in home":
      return isOwn && thing.organization === "home";
    case "her own anywhere":
      return isOwn;
    default:
      throw new Error(`grants.md: nobody knows what ${JSON.stringify(on)} is`);
  }
}

function allowsByScope({ scope, allowList }: Holder, permission: string, thing: Thing): boolean {
  const type = typeOf(permission);
  const entries = allowList.map((entry) => ({ type: typeOf(entry), id: entry.slice(entry.indexOf(":") + 1) }));
  const ofType = entries.filter((entry) => entry.type === type || entry.type === "*");
  if (ofType.some(({ id }) => id === "*" || id === thing.id) && holds(scope.allows, permission)) return true;
  return ofType.length === 0 && holds(scope.defaults, permission);
}

function holds(permissions: readonly string[], wanted: string): boolean {
  return permissions.some((one) => one === wanted || one === "*:*" || one === `${typeOf(wanted)}:*`);
}

export function typeOf(text: string): string {
  return text.slice(0, text.indexOf(":"));
}
