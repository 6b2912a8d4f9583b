import { onTestFinished } from "vitest";
import { rolesOf } from "#authz/roles.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import type { Subject } from "#authz/subject.ts";
import { userSubject } from "#authz/subject.ts";
import type { Access } from "#server/access/access.ts";
import type { User } from "#server/access/person-rows.ts";
import type { OrganizationId } from "#server/ids.ts";
import { type NewDatabase, TestClock, type TestDatabase } from "./databases.ts";
import { insertKey } from "./keys.ts";
import type { OpenStore, StoreOptions } from "./open-store.ts";
import type { StoreView } from "./store-view.ts";

/** A deployment with its first user, as a test wants it. */
export interface World {
  readonly database: TestDatabase;
  readonly store: OpenStore;
  readonly clock: TestClock;
  readonly organizationId: OrganizationId;
  readonly owner: User;
  /** The first user's view. */
  readonly asOwner: StoreView;
  /** A member of the default organization. */
  member(username: string): Promise<{ readonly user: User; readonly subject: Subject; readonly access: Access; readonly view: StoreView }>;
}

export const OWNER_PASSWORD = "correct horse battery staple";

/** Closed when the test ends. */
export async function openWorld(newDatabase: NewDatabase, options: Partial<StoreOptions> = {}): Promise<World> {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const database = opened.use(await newDatabase());
  const clock = new TestClock();
  const store = opened.use(await database.open({ now: clock.now, ...options }));
  const owner = await store.system.setup.createFirstUser({ email: "Olive@Example.test", username: "olive", password: OWNER_PASSWORD });
  const [organizationId] = owner.organization_ids;
  if (organizationId === undefined) throw new Error("the first user is in no organization");
  const subjectOf = async (user: User): Promise<Subject> => {
    const roles = await store.system.authentication.rolesOf(user.id);
    const known = rolesOf(roles, (name) => {
      throw new Error(`unknown role ${name}`);
    });
    // A real one: a build that waits gets nothing of a session that has ended. Tests move the clock by days.
    const { key } = await insertKey(store, {
      userId: user.id,
      loginType: "password",
      scopes: ["coder:all"],
      allowList: ["*:*"],
      lifetimeSeconds: 400 * 86_400,
    });
    const credential = { kind: "session", id: key.id } as const;
    return userSubject({ id: user.id, roles: known, groups: roles.groups, scope: FULL_SCOPE, credential });
  };
  return {
    database,
    store,
    clock,
    organizationId,
    owner,
    asOwner: store.as(await subjectOf(owner)),
    member: async (username) => {
      const user = await store.system.users.create({
        email: `${username}@example.test`,
        username,
        loginType: "none",
        organizationIds: [organizationId],
      });
      const subject = await subjectOf(user);
      return { user, subject, access: store.accessFor(subject), view: store.as(subject) };
    },
  };
}
