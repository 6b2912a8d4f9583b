import type { Database } from "../database/database.ts";
import type { Guard } from "./guard.ts";

/** What a query works with: the database, and the questions of the subject for whom it runs. */
export interface Context extends Database {
  readonly guard: Guard;
}
