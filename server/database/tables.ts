import type { Insertable, Selectable, Updateable } from "kysely";
import type { AgentsTables } from "./tables/agents.ts";
import type { AppsTables } from "./tables/apps.ts";
import type { AuditTables } from "./tables/audit.ts";
import type { DeploymentTables } from "./tables/deployment.ts";
import type { ExternalAuthTables } from "./tables/external-auth.ts";
import type { FilesTables } from "./tables/files.ts";
import type { KeysTables } from "./tables/keys.ts";
import type { OrganizationsTables } from "./tables/organizations.ts";
import type { PeopleTables } from "./tables/people.ts";
import type { ProvisioningTables } from "./tables/provisioning.ts";
import type { ResourcesTables } from "./tables/resources.ts";
import type { StatesTables } from "./tables/states.ts";
import type { TemplateVersionsTables } from "./tables/template-versions.ts";
import type { TemplatesTables } from "./tables/templates.ts";
import type { UsageTables } from "./tables/usage.ts";
import type { WorkspacesTables } from "./tables/workspaces.ts";

/**
 * The tables as Kysely knows them: one type for SQLite and PostgreSQL, because queries join them all. The tables of each area are in a file
 * of tables/, with the types of their columns' values; a test compares them with both databases, column by column. codec.ts makes both
 * databases return these JavaScript values: timestamps are `Date`s of whole milliseconds, booleans are booleans, JSON columns are parsed, and
 * bytes are `Buffer`s.
 */
export interface Tables
  extends AgentsTables,
    AppsTables,
    AuditTables,
    DeploymentTables,
    ExternalAuthTables,
    FilesTables,
    KeysTables,
    OrganizationsTables,
    PeopleTables,
    ProvisioningTables,
    ResourcesTables,
    StatesTables,
    TemplateVersionsTables,
    TemplatesTables,
    UsageTables,
    WorkspacesTables {}

/** A row as it is read. */
export type Row<T extends keyof Tables> = Selectable<Tables[T]>;
/** A row as it is inserted: what the database fills in may be left out. */
export type NewRow<T extends keyof Tables> = Insertable<Tables[T]>;
/** A change to a row. */
export type RowPatch<T extends keyof Tables> = Updateable<Tables[T]>;
