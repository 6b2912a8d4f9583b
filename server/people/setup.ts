import { type Kysely, sql } from "kysely";
import type { Origin } from "#authz/subject.ts";
import type { StoreCore } from "../access/context.ts";
import { hashPassword } from "../access/password.ts";
import { auditAs } from "../audit/audit.ts";
import type { Tables } from "../database/tables.ts";
import { SetupDoneError } from "../errors.ts";
import { type OrganizationId, ProvisionerKeyId } from "../ids.ts";
import { BUILT_IN_KEY_ID } from "../provisioning/provisioner-keys.ts";
import { insertUser, type User } from "./user-rows.ts";

/** What must work before anybody can log in. */
export interface Setup {
  /** A UUID made once for this deployment. */
  readonly deploymentId: string;
  hasFirstUser(): Promise<boolean>;
  /** An owner with a password, member of the default organization. @throws SetupDoneError when there is a user already */
  createFirstUser(user: {
    readonly email: string;
    readonly username: string;
    readonly name?: string;
    readonly password: string;
    readonly origin?: Origin;
  }): Promise<User>;
}

export function createSetup(core: StoreCore, deploymentId: string): Setup {
  const { db, write, dialect } = core;
  const anyUser = (from: Kysely<Tables>) => from.selectFrom("users").select("id").limit(1).executeTakeFirst();
  return {
    deploymentId,
    hasFirstUser: async () => (await anyUser(db)) !== undefined,
    createFirstUser: async ({ password, origin, ...user }) => {
      if ((await anyUser(db)) !== undefined) throw new SetupDoneError();
      const hashed = await hashPassword(password);
      return write(async (tx) => {
        // Two first users at once would both be owners; their names need not collide.
        if (dialect === "postgres") await sql`lock table users in exclusive mode`.execute(tx.db);
        if ((await anyUser(tx.db)) !== undefined) throw new SetupDoneError();
        const { id } = await tx.db.selectFrom("organizations").select("id").where("is_default", "=", true).executeTakeFirstOrThrow();
        const made = await insertUser(core, tx, { ...user, loginType: "password", roles: ["owner"], organizationIds: [id] }, hashed);
        await auditAs(
          core,
          tx,
          { userId: made.id, origin },
          {
            action: "register",
            resourceType: "user",
            resourceId: made.id,
            target: made.username,
            after: { ...made, hashed_password: hashed },
          },
        );
        return made;
      });
    },
  };
}

const DEPLOYMENT_ID = "deployment_id";

/** What every deployment has from its first start: an id, a default organization, the built-in provisioner key's row. Returns the id. */
export async function seed(db: Kysely<Tables>, { now, newId }: Pick<StoreCore, "now" | "newId">): Promise<string> {
  const at = now();
  const known = await db.selectFrom("site_configs").select("value").where("key", "=", DEPLOYMENT_ID).executeTakeFirst();
  if (known !== undefined) return known.value;
  const id = newId();
  await db.insertInto("site_configs").values({ key: DEPLOYMENT_ID, value: id }).execute();
  await db
    .insertInto("organizations")
    .values({
      id: newId<OrganizationId>(),
      name: "default",
      display_name: "Default",
      is_default: true,
      created_at: at,
      updated_at: at,
    })
    .execute();
  await db
    .insertInto("provisioner_keys")
    .values({
      id: ProvisionerKeyId.parse(BUILT_IN_KEY_ID),
      organization_id: null,
      name: "built-in",
      hashed_secret: null,
      tags: { scope: "organization", owner: "" },
      created_at: at,
    })
    .execute();
  return id;
}
