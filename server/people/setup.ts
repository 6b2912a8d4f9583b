import { type Kysely, sql } from "kysely";
import type { Origin } from "#authz/subject.ts";
import { hashPassword } from "../access/password.ts";
import { auditAs } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import type { Tables } from "../database/tables.ts";
import { SetupDoneError } from "../errors.ts";
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

export function createSetup(core: Database, deploymentId: string): Setup {
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
