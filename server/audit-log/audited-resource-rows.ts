/** The current state of what audit entries are about: whether it still exists, and the names by which it is found. */
import { type Kysely, sql } from "kysely";
import type { AuditResourceType } from "#sdk/audit.ts";
import type { Row, Tables } from "../database/tables.ts";
import { isOneOf } from "../database/text-search.ts";
import type { AuditLogId } from "../ids.ts";

export interface AuditedResource {
  /** The resource's own name, if it has one. */
  readonly name?: string;
  /** Set for a workspace, and for what belongs to one. */
  readonly workspace?: { readonly owner: string; readonly name: string };
  readonly buildNumber?: number;
  /** Set for a template version that belongs to a template. */
  readonly templateName?: string | null;
}

type Log = Row<"audit_logs">;
/** Found resources, each with the key that `KEY_OF` gives for its entry. */
type Found = Promise<readonly (AuditedResource & { readonly key: string })[]>;

/** What an entry's resource is looked up by, if that is not its id. */
const KEY_OF: Partial<Record<AuditResourceType, (log: Log) => string>> = {
  api_key: ({ additional_fields: { key_id: id } }) => (typeof id === "string" ? id : ""),
  external_auth_link: ({ resource_id, resource_target }) => `${resource_id}:${resource_target}`,
  organization_member: ({ organization_id, resource_id }) => `${organization_id}:${resource_id}`,
};

/** Finds the resources of the entries, without those that no longer exist. */
export async function findAuditedResources(db: Kysely<Tables>, logs: readonly Log[]): Promise<Map<AuditLogId, AuditedResource>> {
  const resources = new Map<AuditLogId, AuditedResource>();
  for (const [type, some] of Map.groupBy(logs, ({ resource_type }) => resource_type)) {
    const keyOf = KEY_OF[type] ?? (({ resource_id }) => resource_id);
    const found = new Map((await FIND[type](db, [...new Set(some.map(keyOf))])).map(({ key, ...resource }) => [key, resource]));
    for (const log of some) {
      const resource = found.get(keyOf(log));
      if (resource !== undefined) resources.set(log.id, resource);
    }
  }
  return resources;
}

const FIND: Readonly<Record<AuditResourceType, (db: Kysely<Tables>, keys: readonly string[]) => Found>> = {
  api_key: (db, keys) => db.selectFrom("api_keys").select("id as key").where(isOneOf("id", keys)).execute(),
  external_auth_link: (db, keys) => {
    const key = sql<string>`cast(user_id as text) || ':' || provider_id`;
    return db.selectFrom("external_auth_links").select(key.as("key")).where(key, "in", keys).execute();
  },
  file: (db, keys) => db.selectFrom("files").select("id as key").where(isOneOf("id", keys)).execute(),
  git_ssh_key: (db, keys) => db.selectFrom("git_ssh_keys").select("user_id as key").where(isOneOf("user_id", keys)).execute(),
  organization: (db, keys) =>
    db.selectFrom("organizations").select(["id as key", "name"]).where(isOneOf("id", keys)).where("deleted", "=", false).execute(),
  organization_member: (db, keys) => {
    const key = sql<string>`cast(organization_id as text) || ':' || cast(user_id as text)`;
    return db.selectFrom("organization_members").select(key.as("key")).where(key, "in", keys).execute();
  },
  provisioner_key: (db, keys) =>
    db.selectFrom("provisioner_keys").select("id as key").where(isOneOf("id", keys)).where("deleted_at", "is", null).execute(),
  template: (db, keys) =>
    db.selectFrom("templates").select(["id as key", "name"]).where(isOneOf("id", keys)).where("deleted", "=", false).execute(),
  template_version: (db, keys) =>
    db
      .selectFrom("template_versions as version")
      .leftJoin("templates as template", "template.id", "version.template_id")
      .select(["version.id as key", "version.name", "template.name as templateName"])
      .where(isOneOf("version.id", keys))
      .where((eb) => eb.or([eb("template.id", "is", null), eb("template.deleted", "=", false)]))
      .execute(),
  user: (db, keys) =>
    db.selectFrom("users").select(["id as key", "username as name"]).where(isOneOf("id", keys)).where("deleted", "=", false).execute(),
  workspace: async (db, keys) => {
    const rows = await workspaces(db).select("workspace.id as key").where(isOneOf("workspace.id", keys)).execute();
    return rows.map(({ key, owner, name }) => ({ key, workspace: { owner, name } }));
  },
  workspace_agent: async (db, keys) => {
    const rows = await workspaces(db)
      .innerJoin("workspace_builds as build", "build.workspace_id", "workspace.id")
      .innerJoin("workspace_resources as resource", "resource.job_id", "build.job_id")
      .innerJoin("workspace_agents as agent", "agent.resource_id", "resource.id")
      .select("agent.id as key")
      .where(isOneOf("agent.id", keys))
      .execute();
    return rows.map(({ key, owner, name }) => ({ key, workspace: { owner, name } }));
  },
  workspace_build: async (db, keys) => {
    const rows = await workspaces(db)
      .innerJoin("workspace_builds as build", "build.workspace_id", "workspace.id")
      .select(["build.id as key", "build.build_number as buildNumber"])
      .where(isOneOf("build.id", keys))
      .execute();
    return rows.map(({ key, owner, name, buildNumber }) => ({ key, workspace: { owner, name }, buildNumber }));
  },
};

function workspaces(db: Kysely<Tables>) {
  return db
    .selectFrom("workspaces as workspace")
    .innerJoin("users as owner", "owner.id", "workspace.owner_id")
    .select(["owner.username as owner", "workspace.name"])
    .where("workspace.deleted", "=", false);
}
