import { isResourceType, type ResourceType } from "./resource-types.ts";

/** Admits the object of this type and id; `*` stands for any. Ids are compared as text. */
export interface AllowEntry {
  readonly type: ResourceType | "*";
  readonly id: string;
}

/** The objects that a credential may touch at all, whatever its roles. Empty admits nothing. */
export type AllowList = readonly AllowEntry[];

export const ALLOW_ALL: AllowList = [{ type: "*", id: "*" }];

/** Counts the entries as given, before duplicates are dropped. */
export const MAX_ALLOW_ENTRIES = 128;

/** Whether the list mentions a type; an entry for any type mentions them all. Composites have defaults only for types not mentioned. */
export function mentions(list: AllowList, type: ResourceType): boolean {
  return list.some((entry) => entry.type === "*" || entry.type === type);
}

/** Whether `outer` admits everything that `inner` admits, including types and objects added later. */
export function coversEntry(outer: AllowEntry, inner: AllowEntry): boolean {
  return (outer.type === "*" || outer.type === inner.type) && (outer.id === "*" || outer.id === inner.id);
}

/** Drops duplicates and entries that a wider entry of the same type covers; sorts by type, then id. */
export function normalizeAllowList(list: AllowList): AllowList {
  if (list.some((entry) => entry.type === "*" && entry.id === "*")) return ALLOW_ALL;
  const wholeTypes = new Set(list.flatMap((entry) => (entry.id === "*" ? entry.type : [])));
  const kept = list.filter((entry) => entry.id === "*" || !wholeTypes.has(entry.type));
  return [...new Map(kept.map((entry) => [formatAllowEntry(entry), entry])).values()].sort(
    (a, b) => compareText(a.type, b.type) || compareText(a.id, b.id),
  );
}

/** What both lists admit. An empty list admits nothing, so neither does the result. */
export function intersectAllowLists(left: AllowList, right: AllowList): AllowList {
  return normalizeAllowList(left.flatMap((a) => right.flatMap((b) => intersectEntries(a, b))));
}

function intersectEntries(a: AllowEntry, b: AllowEntry): AllowEntry | [] {
  if (a.type !== "*" && b.type !== "*" && a.type !== b.type) return [];
  if (a.id !== "*" && b.id !== "*" && a.id !== b.id) return [];
  return { type: a.type === "*" ? b.type : a.type, id: a.id === "*" ? b.id : a.id };
}

export function formatAllowEntry({ type, id }: AllowEntry): string {
  return `${type}:${id}`;
}

/** Formats each entry as `type:id`, the form in which it is stored and typed on the command line. */
export function formatAllowList(list: AllowList): string[] {
  return list.map(formatAllowEntry);
}

export interface AllowListError {
  /** The position in the list as given. */
  readonly index: number;
  /** The entry as given, or its JSON if it is an object. Cut off after 200 characters. */
  readonly entry: string;
  readonly message: string;
}

export type ParsedAllowList =
  | { readonly kind: "parsed"; readonly allowList: AllowList }
  | { readonly kind: "invalid"; readonly errors: readonly AllowListError[] };

/**
 * Parses and normalizes entries of the form `{type, id}` or `type:id`. Ids are `*` or UUIDs in any spelling; the result has them in lower
 * case with dashes. Without entries the result is the empty list, which admits nothing: a caller for whom "not given" means everything
 * must handle that case itself.
 */
export function parseAllowList(entries: readonly unknown[]): ParsedAllowList {
  if (entries.length > MAX_ALLOW_ENTRIES) {
    const message = `allow_list has ${entries.length} entries; max allowed is ${MAX_ALLOW_ENTRIES}`;
    return { kind: "invalid", errors: [{ index: MAX_ALLOW_ENTRIES, entry: entryText(entries[MAX_ALLOW_ENTRIES]), message }] };
  }
  const list: AllowEntry[] = [];
  const errors: AllowListError[] = [];
  for (const [index, raw] of entries.entries()) {
    const parsed = parseEntry(raw);
    if (typeof parsed === "string") errors.push({ index, entry: entryText(raw), message: parsed });
    else list.push(parsed);
  }
  return errors.length > 0 ? { kind: "invalid", errors } : { kind: "parsed", allowList: normalizeAllowList(list) };
}

/** @returns the entry, or what is wrong with it */
function parseEntry(raw: unknown): AllowEntry | string {
  if (typeof raw === "string") {
    const colon = raw.indexOf(":");
    if (colon <= 0 || colon === raw.length - 1) return `invalid allow_list entry ${quote(raw)}: want <type>:<id>`;
    return entryOf(raw.slice(0, colon), raw.slice(colon + 1));
  }
  const expected = "invalid allow_list entry: expected object with type/id or string";
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return expected;
  const type = "type" in raw ? raw.type : "";
  const id = "id" in raw ? raw.id : "";
  if (typeof type !== "string" || typeof id !== "string") return expected;
  if (type === "" || id === "") return "allow_list entry must include both type and id";
  return entryOf(type, id);
}

function entryOf(rawType: string, rawId: string): AllowEntry | string {
  const type = rawType.trim();
  const id = rawId.trim();
  if (type === "" || id === "") return "allow_list entry must include non-empty type and id";
  if (type !== "*" && !isResourceType(type)) return `unknown resource type ${quote(type)}`;
  const canonical = id === "*" ? id : canonicalUuid(id);
  return canonical === undefined ? `invalid ${type} ID (must be UUID): ${quote(id)}` : { type, id: canonical };
}

const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Objects are known by one spelling only; an entry with another spelling would silently admit nothing. */
function canonicalUuid(text: string): string | undefined {
  if (CANONICAL_UUID.test(text)) return text;
  const lower = text.toLowerCase().replace(/^urn:uuid:/, "");
  const bare = lower.startsWith("{") && lower.endsWith("}") ? lower.slice(1, -1) : lower;
  const dashed = bare.replace(/^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/, "$1-$2-$3-$4-$5");
  return CANONICAL_UUID.test(dashed) ? dashed : undefined;
}

/** Whether an entry can name an object that has this id. */
export function isCanonicalUuid(id: string): boolean {
  return CANONICAL_UUID.test(id);
}

const SHOWN_CHARACTERS = 200;

function entryText(raw: unknown): string {
  return (typeof raw === "string" ? raw : (JSON.stringify(raw) ?? String(raw))).slice(0, SHOWN_CHARACTERS);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN_CHARACTERS));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
