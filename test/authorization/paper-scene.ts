/** The scene without a database: ids that nothing has, and the roles that the server gives its people. */
import type { Memberships } from "#authz/roles.ts";
import type { Scene, SceneOrganization, ScenePerson, SceneTemplate, SceneUser } from "./scene.ts";

/** As authentication reads them: see server/access/authentication.ts. */
export type Roles = Memberships & { readonly groups: readonly string[] };

export interface PaperScene extends Scene {
  /** Of those who ask. */
  readonly roles: Readonly<Record<"mia" | "olive", Roles>>;
}

/** The same every time. paper-scene.test.ts holds it against a database. */
export function paperScene(): PaperScene {
  let ids = 0;
  const id = (): string => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`;
  const build = () => ({ workspace: id(), build: id() });
  const user = (username: string): SceneUser => ({ username, id: id() });
  const person = (username: string, organizations: readonly string[]): ScenePerson => ({
    ...user(username),
    organizations,
    workspace: { id: id(), name: "desk", build: id(), job: id(), agent: id() },
    pending: { start: { ...build(), name: "waiting" }, stop: build(), delete: build() },
    running: build(),
    token: { name: "old", id: id() },
    file: { id: id() },
  });
  const organization = (name: string): SceneOrganization => ({
    id: id(),
    name,
    provisionerKey: { id: id(), name: "daemons" },
    looseVersion: id(),
  });
  const template = (name: "shared" | "hidden"): SceneTemplate => ({
    id: id(),
    name,
    isShared: name === "shared",
    version: { id: id(), name: "one", job: id() },
    otherVersion: id(),
    pendingVersion: id(),
  });
  const [home, far] = [organization("home"), organization("far")];
  const member = { roles: [], defaultRoles: ["organization-workspace-access"], sharing: "everyone" } as const;
  const inHome = { ...member, organizationId: home.id };
  return {
    olive: person("olive", ["home"]),
    mia: person("mia", ["home"]),
    finn: person("finn", ["home", "far"]),
    home,
    far,
    template: template("shared"),
    hiddenTemplate: template("hidden"),
    idle: user("ida"),
    auditor: user("amy"),
    newcomer: user("ned"),
    archive: Buffer.alloc(0),
    roles: {
      mia: { site: [], organizations: [inHome], groups: [] },
      olive: { site: ["owner"], organizations: [inHome], groups: [] },
    },
  };
}
