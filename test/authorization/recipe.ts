/** How a route is asked for something of one's own and of somebody else's, and what a rule's lines are about where a recipe does not say. */
import type { Thing } from "./grants.ts";
import type { Scene, SceneOrganization, ScenePerson, SceneTemplate, SceneUser } from "./scene.ts";

/** The parts of a request that name an object of one kind. */
export interface Side {
  readonly scene: Scene;
  readonly which: "own" | "foreign";
  readonly caller: ScenePerson;
  /** The caller, or somebody else. */
  readonly person: ScenePerson;
  /** Home, or one that mia is not in. */
  readonly organization: SceneOrganization;
  /** In home: shared, or hidden. */
  readonly template: SceneTemplate;
}

export interface Recipe {
  /** What an allowed request is answered with. */
  readonly status: number;
  /** Of the path. Those that only the scene can be are filled in: `{user}`, `{organization}`, `{template}`. */
  readonly path?: Readonly<Record<string, string>>;
  /** Parameters of the path that the route does not look at. */
  readonly ignores?: readonly string[];
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | object | ((grant: Grant) => object);
  /** What the rule's lines are about, by `what` or by type, where it is not the side's own. */
  readonly things?: Readonly<Record<string, Thing>>;
  /** Which of the rule's conditions hold. */
  readonly when?: Readonly<Record<string, boolean>>;
  /** Whether an answer shows what a line of the kind `or less` is about. */
  readonly shows?: (body: Body) => boolean;
}

/** The token's own. */
export interface Grant {
  readonly scopes: readonly string[];
  readonly allowList: readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
export type Body = any;

export type RecipesOf = (side: Side) => Recipe | readonly Recipe[];

/** By route. */
export type Recipes = Readonly<Record<string, RecipesOf>>;

/** An id of the right form that nothing has. */
export const NO_ID = "99999999-9999-4999-8999-999999999999";

export const MISSING: Thing = { id: NO_ID, isMissing: true };

export const organizationThing = ({ id, name }: SceneOrganization): Thing => ({ id, organization: name });
export const memberThing = ({ id }: SceneUser, { name }: SceneOrganization): Thing => ({ id, owner: id, organization: name });
export const userThing = ({ id }: SceneUser): Thing => ({ id, owner: id });
export const templateThing = ({ id, isShared }: SceneTemplate): Thing => ({ id, organization: "home", isShared });

/** @param id of the person's workspace */
export const workspaceThing = ({ id: owner, workspace }: ScenePerson, id = workspace.id): Thing => ({ id, owner, organization: "home" });

/** An allowed request of a path that the scene fills in, without a body. */
export const ok = (): Recipe => ({ status: 200 });

/** The condition of routes that say which daemons could take a job. */
export const WAITS = "the job waits";

/** Whether a list has an entry with this id. */
export const hasId =
  (id: string, key = "id") =>
  (list: Body): boolean =>
    list.some((one: Body) => one[key] === id);

/** What the lines of a rule are about, when a recipe does not say. */
export function thingsOf({ caller, person, organization, template, scene }: Side): Readonly<Record<string, Thing>> {
  return {
    user: userThing(person),
    "user on the caller": userThing(caller),
    "user on a new user": {},
    organization: organizationThing(organization),
    "organization on a new organization": {},
    organization_member: memberThing(person, organization),
    "organization_member on a new member of {organization}": { organization: organization.name },
    "organization_member on a new member of each organization": { organization: organization.name },
    assign_role: {},
    assign_org_role: { organization: organization.name },
    api_key: { owner: person.id },
    workspace: workspaceThing(person),
    template: templateThing(template),
    "template on the workspace's template": templateThing(scene.template),
    file: { id: person.file.id, owner: person.id },
    "file on a new file of the caller": { owner: caller.id },
    provisioner_daemon: { id: organization.provisionerKey.id, organization: organization.name },
    "provisioner_daemon on a new key in {organization}": { organization: organization.name },
    provisioner_jobs: { organization: organization.name },
    audit_log: {},
  };
}

/** For what is in home on either side. */
export function inHome({ home }: Scene, recipe: Recipe): Recipe {
  const things = {
    organization: organizationThing(home),
    assign_org_role: { organization: home.name },
    provisioner_daemon: { id: home.provisionerKey.id, organization: home.name },
    ...recipe.things,
  };
  return { ...recipe, path: { organization: home.name, ...recipe.path }, things };
}
