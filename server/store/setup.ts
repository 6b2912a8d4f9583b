import type { User } from "./users.ts";

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
  }): Promise<User>;
}
