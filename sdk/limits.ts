/**
 * The one table of how long a text and how long a list may be that comes from outside. Schemas of requests are made with it, and the server
 * checks its protobuf messages against it. A limit protects everybody else from one sender; what a value must be like is decided elsewhere,
 * and is often stricter.
 */
import { type TSchema, Type } from "typebox";

/** In characters, which means Unicode code points: a text takes at most four times as many bytes. */
export const TEXT_LIMITS = {
  /** Names of things, IDs, types, actions, roles, scopes, schedules, tags. */
  name: 256,
  email: 320,
  /** Longer than any that is accepted, so that people learn what the rule is. */
  password: 1_024,
  /** What people read in place of a name. */
  label: 1_024,
  /** A URL or a path. */
  address: 8_192,
  /** A search, or IDs in a query. More does not fit into an HTTP request. */
  query: 8_192,
  /** RFC 3339. */
  time: 64,
  /** Whatever a protobuf message has that is named nowhere below. */
  text: 8_192,
  /** Templates embed pictures as `data:` URLs. */
  icon: 65_536,
  /** Markdown. */
  description: 65_536,
  /** The value of a parameter, a variable, an environment variable, or of an item of metadata; what a command line may contain. */
  value: 262_144,
  /** One script of an agent: some templates contain a whole installer. */
  script: 1_048_576,
  /** The message of a template version. */
  message: 1_048_576,
  /** One line of a log: what fits into one request. A log has room for a quarter of it, and says that the rest is missing. */
  line: 4_190_000,
  /** What a log says of the part of a job to which a line belongs. */
  stage: 256,
  /** What an agent's metadata script printed. Agents cut it, and so does the server. */
  report: 65_536,
  /** A Terraform state in base64. A larger one is pushed by itself. */
  state: 4_190_000,
} as const;
export type TextKind = keyof typeof TEXT_LIMITS;

/** In entries, also of a map. */
export const LIST_LIMITS = {
  /** Roles, scopes, entries of an allow list, organizations. */
  names: 1_000,
  tags: 100,
  checks: 1_000,
  /** Parameters and variables of a build, or of a template. */
  values: 1_000,
  /** Agents send 1 MiB at once, and count 21 bytes for the shortest line. */
  lines: 65_536,
  /** What a protobuf message lists that is named nowhere below. */
  entries: 10_000,
  /** Resources of a build, and what Terraform did with them. */
  resources: 50_000,
  /** What belongs to one agent, such as apps and scripts. */
  parts: 1_000,
} as const;
export type ListKind = keyof typeof LIST_LIMITS;

/** In bytes. */
export const BYTES_LIMITS = {
  /** IDs and hashes. */
  id: 64,
  readme: 1_048_576,
  /** A piece of a transfer. */
  piece: 4_194_304,
  /** Archives, plans and states: whatever fits into one message. */
  content: 67_108_864,
} as const;
export type BytesKind = keyof typeof BYTES_LIMITS;

/** All values of a build's parameters or a version's variables together, in UTF-8 bytes. */
export const VALUES_LIMIT_BYTES = 1_048_576;

/** The log sources that one agent may register besides those of its scripts. */
export const LOG_SOURCES_LIMIT = 100;

export const Text = (kind: TextKind) => Type.String({ maxLength: TEXT_LIMITS[kind] });

/** A time that a client sends. */
export const GivenTime = Type.String({ format: "date-time", maxLength: TEXT_LIMITS.time });

export const List = <T extends TSchema>(items: T, kind: ListKind) => Type.Array(items, { maxItems: LIST_LIMITS[kind] });

export const TextMap = (kind: ListKind, value: TextKind) =>
  Type.Record(Type.String(), Text(value), {
    maxProperties: LIST_LIMITS[kind],
    propertyNames: Type.String({ maxLength: TEXT_LIMITS.name }),
  });
