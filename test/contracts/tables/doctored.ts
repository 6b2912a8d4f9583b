/** Declarations that are wrong on purpose, each in one way, to see that the comparison can fail. */
import type { Dialect } from "#server/database/migrations/column-types.ts";
import { readTableSources, type TableSources } from "./declared-tables.ts";

/** A change to the text of a declaration, and what the comparison must say of it. */
export interface Doctored {
  readonly what: string;
  readonly area: string;
  readonly from: string;
  readonly to: string;
  /** Where the two databases call a type differently, one for each. Undefined: this database cannot tell. */
  readonly finding: string | Readonly<Record<Dialect, string | undefined>>;
}

/** All declarations with that change. @throws Error unless the text stands there exactly once */
export function doctor({ area, from, to }: Doctored): TableSources {
  const path = `tables/${area}.ts`;
  const sources = readTableSources();
  const parts = sources.get(path)?.split(from) ?? [];
  if (parts.length !== 2) throw new Error(`${path} must have this once, to be changed: ${from}`);
  return new Map(sources).set(path, parts.join(to));
}

export const DOCTORED: readonly Doctored[] = [
  {
    what: "a column that is not declared",
    area: "people",
    from: "    email: string;\n",
    to: "",
    finding: "users.email: the database has it, but it is not declared",
  },
  {
    what: "a column that does not exist",
    area: "people",
    from: "    email: string;\n",
    to: "    email: string;\n    nickname: string;\n",
    finding: "users.nickname: is declared, but the database does not have it",
  },
  {
    what: "a table that is not declared",
    area: "people",
    from: "  user_appearances: { user_id: UserId; settings: UserAppearanceSettings; updated_at: Date };\n",
    to: "",
    finding: "user_appearances: the database has it, but it is not declared",
  },
  {
    what: "a table that does not exist",
    area: "deployment",
    from: "  site_configs",
    to: "  site_settings: { key: string };\n  site_configs",
    finding: "site_settings: is declared, but the database does not have it",
  },
  {
    what: "a number that is declared as a text",
    area: "keys",
    from: "lifetime_seconds: number",
    to: "lifetime_seconds: string",
    finding: {
      sqlite: "api_keys.lifetime_seconds: is declared as text, the database has integer",
      postgres: "api_keys.lifetime_seconds: is declared as text, the database has bigint",
    },
  },
  {
    what: "a text that is declared as a number",
    area: "keys",
    from: "description: Generated<string>",
    to: "description: Generated<number>",
    finding: "api_keys.description: is declared as number, the database has text",
  },
  {
    what: "a time that is declared as a text",
    area: "files",
    from: "created_at: Date",
    to: "created_at: string",
    finding: {
      sqlite: "files.created_at: is declared as text, the database has timestamp",
      postgres: "files.created_at: is declared as text, the database has timestamp with time zone",
    },
  },
  {
    what: "a boolean that is declared as a number",
    area: "organizations",
    from: "is_default: boolean",
    to: "is_default: number",
    finding: "organizations.is_default: is declared as number, the database has boolean",
  },
  {
    what: "bytes that are declared as a text",
    area: "provisioning",
    from: "secret_input: Sealed | null",
    to: "secret_input: string | null",
    finding: {
      sqlite: "provisioner_jobs.secret_input: is declared as text, the database has blob",
      postgres: "provisioner_jobs.secret_input: is declared as text, the database has bytea",
    },
  },
  {
    what: "JSON that is declared as a text",
    area: "people",
    from: "settings: UserAppearanceSettings",
    to: "settings: string",
    finding: {
      sqlite: "user_appearances.settings: is declared as text, the database has json",
      postgres: "user_appearances.settings: is declared as text, the database has jsonb",
    },
  },
  {
    what: "a text that is declared as JSON",
    area: "files",
    from: "mimetype: string",
    to: "mimetype: readonly string[]",
    finding: "files.mimetype: is declared as json, the database has text",
  },
  {
    what: "an id that is declared as any text, where the database tells them apart",
    area: "files",
    from: "id: FileId",
    to: "id: string",
    finding: { sqlite: undefined, postgres: "files.id: is declared as text, the database has uuid" },
  },
  {
    what: "a text that is declared as an id, where the database tells them apart",
    area: "external-auth",
    from: "provider_id: string",
    to: "provider_id: UserId",
    finding: { sqlite: undefined, postgres: "external_auth_links.provider_id: is declared as uuid, the database has text" },
  },
  {
    what: "another word than the database's enum has, where it has one",
    area: "agents",
    from: '"all" | "no_user_data"',
    to: '"all" | "read_only"',
    finding: {
      sqlite: undefined,
      postgres: "workspace_agents.api_key_scope: is declared as one of all, read_only, the database knows all, no_user_data",
    },
  },
  {
    what: "a column that is never null, but declared with it",
    area: "people",
    from: "email: string",
    to: "email: string | null",
    finding: "users.email: is declared with null, the database has not null",
  },
  {
    what: "a primary key that is declared with null",
    area: "people",
    from: "    id: UserId",
    to: "    id: UserId | null",
    finding: "users.id: is declared with null, the database has not null",
  },
  {
    what: "a column that may be null, but is declared without it",
    area: "people",
    from: "last_seen_at: Date | null",
    to: "last_seen_at: Date",
    finding: "users.last_seen_at: is declared without null, the database allows it",
  },
  {
    what: "a column with a default that is declared without one",
    area: "people",
    from: "avatar_url: Generated<string>",
    to: "avatar_url: string",
    finding: "users.avatar_url: is declared with no default, the database has a default (Generated)",
  },
  {
    what: "a growing number that is declared without a default",
    area: "audit",
    from: "number: Generated<number>",
    to: "number: number",
    finding: "audit_logs.number: is declared with no default, the database has a default (Generated)",
  },
  {
    what: "a column without a default that is declared with one",
    area: "people",
    from: "hashed_password: string",
    to: "hashed_password: Generated<string>",
    finding: "users.hashed_password: is declared with a default (Generated), the database has no default",
  },
  {
    what: "a generated column that could be written, by its declaration",
    area: "provisioning",
    from: "job_status: GeneratedAlways<JobStatus>",
    to: "job_status: JobStatus",
    finding: "provisioner_jobs.job_status: is declared with no default, the database has an expression (GeneratedAlways)",
  },
  {
    what: "a column with a default that could not be written, by its declaration",
    area: "provisioning",
    from: "storage_method: Generated<",
    to: "storage_method: GeneratedAlways<",
    finding: "provisioner_jobs.storage_method: is declared with an expression (GeneratedAlways), the database has a default (Generated)",
  },
];
