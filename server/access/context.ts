import type { Database } from "../database/database.ts";
import type { Guard } from "./guard.ts";

/** What a query works with: the database, and a guard for the subject on whose behalf it runs. */
export interface Context extends Database {
  readonly guard: Guard;
}
