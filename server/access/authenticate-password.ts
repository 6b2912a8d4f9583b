import type { Database } from "../database/database.ts";
import { verifyPassword } from "./password.ts";
import { findPersonByEmail, type User } from "./person-rows.ts";

/** Compares a hash even when there is no such user. Undefined also for suspended ones. */
export async function authenticatePassword({ db }: Pick<Database, "db">, email: string, password: string): Promise<User | undefined> {
  const found = await findPersonByEmail(db, email);
  const isRight = await verifyPassword(found?.user.login_type === "password" ? found.hashedPassword : "", password);
  return found !== undefined && isRight && found.user.status !== "suspended" ? found.user : undefined;
}
