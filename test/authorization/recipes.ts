/** How each route is asked for something of one's own, of somebody else's, and for what does not exist: paths, bodies, and what they name. */
import type { Thing } from "./grants.ts";
import { type MatrixOrganization, type MatrixPerson, type MatrixTemplate, type MatrixWorld, PASSWORD } from "./matrix-world.ts";

/** The parts of a request that name an object of one kind. */
export interface Side {
  readonly world: MatrixWorld;
  readonly which: "own" | "foreign";
  readonly caller: MatrixPerson;
  /** The caller, or somebody else. */
  readonly person: MatrixPerson;
  /** Home, or one that mia is not in. */
  readonly organization: MatrixOrganization;
  /** In home: shared, or hidden. */
  readonly template: MatrixTemplate;
}

export interface Recipe {
  /** What an allowed request is answered with. */
  readonly status: number;
  /** Of the path. Those that only the world can be are filled in: `{user}`, `{organization}`, `{template}`. */
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
type Body = any;

export type Recipes = Readonly<Record<string, (side: Side) => Recipe | readonly Recipe[]>>;

/** An id of the right form that nothing has. */
export const NO_ID = "99999999-9999-4999-8999-999999999999";

const MISSING: Thing = { id: NO_ID, isMissing: true };

/** What the lines of a rule are about, when a recipe does not say. */
export function thingsOf({ caller, person, organization, template, world }: Side): Readonly<Record<string, Thing>> {
  return {
    user: { id: person.id, owner: person.id },
    "user on the caller": { id: caller.id, owner: caller.id },
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
    "template on the workspace's template": templateThing(world.template),
    file: { id: person.file.id, owner: person.id },
    "file on a new file of the caller": { owner: caller.id },
    provisioner_daemon: { id: organization.provisionerKey.id, organization: organization.name },
    "provisioner_daemon on a new key in {organization}": { organization: organization.name },
    provisioner_jobs: { organization: organization.name },
    audit_log: {},
  };
}

const organizationThing = ({ id, name }: MatrixOrganization): Thing => ({ id, organization: name });
const memberThing = ({ id }: { readonly id: string }, { name }: MatrixOrganization): Thing => ({ id, owner: id, organization: name });
const userThing = ({ id }: { readonly id: string }): Thing => ({ id, owner: id });
const workspaceThing = ({ id, workspace }: MatrixPerson): Thing => ({ id: workspace.id, owner: id, organization: "home" });
const templateThing = ({ id, isShared }: MatrixTemplate): Thing => ({ id, organization: "home", isShared });

const hasId =
  (id: string, key = "id") =>
  (list: Body): boolean =>
    list.some((one: Body) => one[key] === id);

const OK: Recipe = { status: 200 };
const ok = (): Recipe => OK;

const people: Recipes = {
  "GET /users": ({ person }) => ({ status: 200, shows: ({ users }) => hasId(person.id)(users) }),
  "POST /users": ({ organization }) => {
    const person = { email: "fresh@example.test", username: "fresh", login_type: "none" };
    const body = { ...person, organization_ids: [organization.id] };
    const plain = { "roles are given": false };
    return [
      { status: 201, body, when: plain },
      { status: 201, body: { ...body, roles: ["auditor"] }, when: { "roles are given": true } },
      { status: 201, body: { ...person, organization_ids: [NO_ID] }, when: plain, things: { organization: MISSING } },
    ];
  },
  "GET /users/roles": ok,
  "POST /users/logout": ok,
  "GET /users/{user}": ok,
  "DELETE /users/{user}": ({ which, world }) =>
    // Of oneself it is refused in another way, and whoever has workspaces stays.
    which === "own" ? { status: 400 } : { status: 200, path: { user: world.idle.username }, things: { user: userThing(world.idle) } },
  "GET /users/{user}/appearance": ok,
  "PUT /users/{user}/appearance": () => ({ status: 200, body: { theme_preference: "dark", terminal_font: "" } }),
  "GET /users/{user}/gitsshkey": ok,
  "PUT /users/{user}/gitsshkey": ok,
  "GET /users/{user}/login-type": ok,
  "GET /users/{user}/organizations": ({ organization }) => ({ status: 200, shows: hasId(organization.id) }),
  "GET /users/{user}/organizations/{organization}": ok,
  "PUT /users/{user}/password": ({ which, world: { olive }, person }) => ({
    status: 204,
    body: { old_password: PASSWORD, password: "Another horse 8 battery?" },
    when: {
      "it is the caller": which === "own",
      "it is not the caller": which !== "own",
      "it is not the caller and has roles": which !== "own" && person === olive,
      "it is not the caller and has roles in an organization": false,
    },
  }),
  "PUT /users/{user}/profile": ({ person }) => ({ status: 200, body: { username: person.username, name: "New" } }),
  "GET /users/{user}/roles": ok,
  "PUT /users/{user}/roles": ({ which, caller, world }) => {
    const isOwner = which === "own" && caller === world.olive;
    // Nobody changes one's own roles.
    const status = which === "own" ? 400 : 200;
    return {
      status,
      body: { roles: isOwner ? ["owner", "auditor"] : ["auditor"] },
      when: { "roles are added": true, "roles are taken away": false },
    };
  },
  "PUT /users/{user}/status/activate": ok,
  "PUT /users/{user}/status/suspend": ({ which }) => ({ status: which === "own" ? 400 : 200 }),
};

const organizations: Recipes = {
  "GET /organizations": ({ organization }) => ({ status: 200, shows: hasId(organization.id) }),
  "POST /organizations": () => ({ status: 201, body: { name: "fresh" } }),
  "GET /organizations/{organization}": ok,
  "PATCH /organizations/{organization}": () => {
    const [adds, takes] = ["default_org_member_roles adds roles", "default_org_member_roles takes roles away"];
    const all = ["organization-workspace-access", "organization-auditor"];
    return [
      { status: 200, body: { display_name: "New" }, when: { [adds]: false, [takes]: false } },
      { status: 200, body: { default_org_member_roles: all }, when: { [adds]: true, [takes]: false } },
      { status: 200, body: { default_org_member_roles: [] }, when: { [adds]: false, [takes]: true } },
    ];
  },
  // The default organization stays.
  "DELETE /organizations/{organization}": ({ which }) => ({ status: which === "own" ? 400 : 200 }),
  "GET /organizations/{organization}/members": ({ world, organization, person }) => [
    { status: 200, shows: hasId(person.id, "user_id"), things: { organization_member: memberThing(person, organization) } },
    inHome(world, { status: 200, shows: hasId(person.id, "user_id"), things: { organization_member: memberThing(person, world.home) } }),
  ],
  "GET /organizations/{organization}/paginated-members": ({ world, person }) =>
    inHome(world, {
      status: 200,
      shows: ({ members }) => hasId(person.id, "user_id")(members),
      things: { organization_member: memberThing(person, world.home) },
    }),
  "GET /organizations/{organization}/members/roles": ok,
  "GET /organizations/{organization}/members/{user}": ({ world, which, person }) => [
    inHome(world, { status: 200, things: { organization_member: memberThing(person, world.home) } }),
    ...(which === "foreign" ? [OK] : []),
  ],
  "DELETE /organizations/{organization}/members/{user}": ({ world, which, person }) => {
    const leaving = which === "own" ? person : world.idle;
    return inHome(world, {
      status: which === "own" ? 400 : 204,
      path: { user: leaving.username },
      things: { user: userThing(leaving), organization_member: memberThing(leaving, world.home) },
      when: { "the member has roles": false },
    });
  },
  "POST /organizations/{organization}/members/{user}": ({ world, which }) => {
    const joining = which === "own" ? world.newcomer : world.idle;
    return { status: 200, path: { user: joining.username }, things: { user: userThing(joining) } };
  },
  "PUT /organizations/{organization}/members/{user}/roles": ({ world, which, person }) =>
    inHome(world, {
      status: which === "own" ? 400 : 200,
      body: { roles: ["organization-auditor"] },
      things: { organization_member: memberThing(person, world.home) },
      when: { "roles are added": true, "roles are taken away": false },
    }),
  "GET /organizations/{organization}/members/{user}/workspaces/available-users": () => ({ status: 200, ignores: ["user"] }),
  "GET /organizations/{organization}/settings/workspace-sharing": ok,
  "PATCH /organizations/{organization}/settings/workspace-sharing": () => ({ status: 200, body: { sharing_disabled: true } }),
  "GET /audit": ok,
};

const keys: Recipes = {
  "POST /users/{user}/keys": () => ({ status: 201 }),
  "GET /users/{user}/keys/tokens": ({ person }) => ({ status: 200, shows: hasId(person.token.id) }),
  "POST /users/{user}/keys/tokens": () => ({
    status: 201,
    body: ({ scopes, allowList }) => ({ scopes, allow_list: allowList, lifetime: 3_600_000_000_000 }),
  }),
  "GET /users/{user}/keys/tokens/tokenconfig": ok,
  "GET /users/{user}/keys/tokens/{keyname}": ({ person }) => ({ status: 200, path: { keyname: person.token.name } }),
  "PATCH /users/{user}/keys/tokens/{keyname}": ({ person }) => ({
    status: 200,
    path: { keyname: person.token.name },
    body: ({ scopes, allowList }) => ({ scopes, allow_list: allowList }),
  }),
  "GET /users/{user}/keys/tokens/{keyname}/usage": ({ person }) => ({ status: 200, path: { keyname: person.token.name } }),
  "GET /users/{user}/keys/{keyid}": ({ person }) => ({ status: 200, path: { keyid: person.token.id } }),
  "DELETE /users/{user}/keys/{keyid}": ({ person }) => ({ status: 204, path: { keyid: person.token.id } }),
  "PUT /users/{user}/keys/{keyid}/expire": ({ person }) => ({ status: 204, path: { keyid: person.token.id } }),
};

const KINDS = ["a workspace", "a template", "a user", "an organization"];
const isA = (kind: string): Record<string, boolean> => Object.fromEntries(KINDS.map((one) => [`it is ${one}`, one === kind]));

const checks: Recipes = {
  "POST /authcheck": (side) =>
    named(side).map(([type, kind, id]) => ({
      status: 200,
      body: { checks: { it: { object: { resource_type: type, resource_id: id }, action: "read" } } },
      when: isA(kind),
      shows: ({ it }) => it === true,
    })),
  "POST /authcheck/explain": (side) => [
    ...named(side).map(([type, kind, id]) => ({
      status: 200,
      body: { object: { resource_type: type, resource_id: id }, action: "update" },
      when: isA(kind),
    })),
    {
      status: 200,
      body: { object: { resource_type: "workspace", resource_id: NO_ID }, action: "read" },
      when: isA("a workspace"),
      things: { workspace: MISSING },
    },
  ],
};

const named = ({ person, template, organization }: Side) =>
  [
    ["workspace", "a workspace", person.workspace.id],
    ["template", "a template", template.id],
    ["user", "a user", person.id],
    ["organization", "an organization", organization.id],
  ] as const;

const WAITS = "the job waits";

const templates: Recipes = {
  "POST /files": ({ world }) => ({
    status: 201,
    headers: { "content-type": "application/x-tar" },
    body: world.archive,
  }),
  "GET /files/{file}": ({ person }) => ({
    status: 200,
    path: { file: person.file.id },
    when: { "it is in no template that the caller may read": true },
  }),
  "GET /templates": ({ template }) => ({ status: 200, shows: hasId(template.id) }),
  "GET /organizations/{organization}/templates": ({ world, template }) => inHome(world, { status: 200, shows: hasId(template.id) }),
  "POST /organizations/{organization}/templates": ({ organization: { name, looseVersion } }) => ({
    status: 201,
    body: { name: "fresh", template_version_id: looseVersion },
    things: {
      "template on template_version_id": { organization: name },
      "template on a new template in {organization}": { organization: name },
    },
  }),
  "GET /organizations/{organization}/templates/{name}": ({ world, template }) =>
    inHome(world, { status: 200, path: { name: template.name } }),
  "GET /organizations/{organization}/templates/{name}/versions/{version}": ({ world, template }) =>
    inHome(world, { status: 200, path: { name: template.name, version: template.version.name } }),
  "POST /organizations/{organization}/templateversions": ({ world, organization, person, template }) => {
    const version = { storage_method: "file", provisioner: "terraform", file_id: person.file.id };
    const is = (given: boolean) => ({
      "template_id is left out": !given,
      "it is given": given,
      "it is in no template that the caller may read": true,
      [WAITS]: true,
    });
    const created = { "template on a new template in {organization}": { organization: organization.name } };
    return [
      { status: 201, body: version, when: is(false), things: created },
      { status: 201, body: { ...version, file_id: NO_ID }, when: is(false), things: { ...created, file: MISSING } },
      inHome(world, { status: 201, body: { ...version, template_id: template.id }, when: is(true) }),
      inHome(world, { status: 201, body: { ...version, template_id: NO_ID }, when: is(true), things: { template: MISSING } }),
    ];
  },
  "DELETE /templates/{template}": ({ which }) => ({ status: which === "own" ? 400 : 200 }),
  "GET /templates/{template}": ok,
  "GET /templates/{template}/versions": ok,
  "PATCH /templates/{template}/versions": ({ template }) => ({ status: 200, body: { id: template.otherVersion } }),
  "GET /templates/{template}/versions/{version}": ({ template }) => ({ status: 200, path: { version: template.version.name } }),
  "GET /templateversions/{id}": ({ template }) => [
    { status: 200, path: { id: template.version.id }, when: { [WAITS]: false } },
    { status: 200, path: { id: template.pendingVersion }, when: { [WAITS]: true } },
  ],
  "PATCH /templateversions/{id}/cancel": ({ template }) => ({ status: 200, path: { id: template.pendingVersion } }),
  "GET /templateversions/{id}/external-auth": ofVersion({ "the version names a service": false }),
  "GET /templateversions/{id}/logs": ofVersion(),
  "GET /templateversions/{id}/resources": ofVersion(),
  "GET /templateversions/{id}/rich-parameters": ofVersion(),
  "GET /templateversions/{id}/variables": ofVersion(),
};

function ofVersion(when: Record<string, boolean> = {}): (side: Side) => Recipe {
  return ({ template }) => ({ status: 200, path: { id: template.version.id }, when });
}

const workspaces: Recipes = {
  "POST /users/{user}/workspaces": ({ world, person }) => {
    const things = {
      "workspace on a new workspace of {user}": { owner: person.id, organization: "home" },
      "workspace on the new workspace": { owner: person.id, organization: "home" },
    };
    const when = { "it is given": false, [WAITS]: true };
    return [
      ...[world.template, world.hiddenTemplate].map((template) => ({
        status: 201,
        body: { name: "fresh", template_id: template.id },
        when,
        things: { ...things, template: templateThing(template) },
      })),
      {
        status: 201,
        body: { name: "fresh", template_version_id: world.template.version.id },
        when: { ...when, "it is given": true },
        things: { ...things, template: templateThing(world.template) },
      },
      { status: 201, body: { name: "fresh", template_id: NO_ID }, when, things: { ...things, template: MISSING } },
    ];
  },
  "GET /workspaces": ({ person }) => [
    { status: 200, shows: ({ workspaces: found }) => hasId(person.workspace.id)(found), when: { "that is not me": false } },
    {
      status: 200,
      query: `?q=owner:${person.username}`,
      shows: ({ workspaces: found }) => hasId(person.workspace.id)(found),
      // By another name than `me`, one's own user is looked up too.
      when: { "that is not me": true },
    },
  ],
  "GET /workspaces/{workspace}": ofWorkspace,
  "GET /workspaces/{workspace}/builds": ({ person }) => ({
    ...ofWorkspace({ person }),
    shows: hasId(person.workspace.build),
  }),
  "POST /workspaces/{workspace}/builds": ({ person }) =>
    [
      ...["start", "stop", "delete"].map((transition) => ({ transition })),
      { transition: "start", state: Buffer.from("{}").toString("base64") },
    ].map((body) => ({
      ...ofWorkspace({ person }),
      status: 201,
      body,
      when: {
        "transition is start": body.transition === "start",
        "transition is stop": body.transition === "stop",
        "transition is delete": body.transition === "delete",
        "state is given": "state" in body,
        [WAITS]: true,
      },
    })),
  "GET /users/{user}/workspace/{name}": ({ person }) => ({ status: 200, path: { name: person.workspace.name } }),
  "GET /users/{user}/workspace/{name}/builds/{number}": ({ person }) => ({
    status: 200,
    path: { name: person.workspace.name, number: "1" },
    when: { [WAITS]: false },
  }),
  "GET /workspacebuilds/{id}": ({ person }) => ({ ...ofBuild({ person }), when: { [WAITS]: false } }),
  "PATCH /workspacebuilds/{id}/cancel": ({ person }) => ({
    status: 200,
    path: { id: person.workspace.pendingBuild },
    things: { workspace: { ...workspaceThing(person), id: person.workspace.pendingWorkspace } },
    when: {
      "the build is a start": true,
      "the build is a stop": false,
      "the build is a delete": false,
      "the build has begun and the template does not let its users cancel": false,
    },
  }),
  "GET /workspacebuilds/{id}/logs": ofBuild,
  "GET /workspacebuilds/{id}/parameters": ofBuild,
  "GET /workspacebuilds/{id}/resources": ofBuild,
  "GET /workspacebuilds/{id}/state": ofBuild,
  "GET /workspaceagents/{agent}": ({ person }) => ({ status: 200, path: { agent: person.workspace.agent } }),
  "GET /workspaceagents/{agent}/logs": ({ person }) => ({ status: 200, path: { agent: person.workspace.agent } }),
};

function ofWorkspace({ person }: Pick<Side, "person">): Recipe {
  return { status: 200, path: { workspace: person.workspace.id } };
}

function ofBuild({ person }: Pick<Side, "person">): Recipe {
  return { status: 200, path: { id: person.workspace.build } };
}

const provisioners: Recipes = {
  "GET /organizations/{organization}/provisionerdaemons": () => ({
    status: 200,
    when: { "it is a build": true, "it is an import": false },
  }),
  "GET /organizations/{organization}/provisionerjobs": ok,
  "GET /organizations/{organization}/provisionerjobs/{job}": ({ world, person }) =>
    inHome(world, {
      status: 200,
      path: { job: person.workspace.job },
      when: { "it is a build": true, "it is an import": false },
    }),
  "GET /organizations/{organization}/provisionerkeys": ({ organization }) => ({
    status: 200,
    shows: hasId(organization.provisionerKey.id),
  }),
  "POST /organizations/{organization}/provisionerkeys": () => ({ status: 201, body: { name: "fresh" } }),
  "DELETE /organizations/{organization}/provisionerkeys/{name}": ({ organization }) => ({
    status: 204,
    path: { name: organization.provisionerKey.name },
  }),
};

/** For what is in home on either side. */
function inHome({ home }: MatrixWorld, recipe: Recipe): Recipe {
  const things = {
    organization: organizationThing(home),
    assign_org_role: { organization: home.name },
    provisioner_daemon: { id: home.provisionerKey.id, organization: home.name },
    ...recipe.things,
  };
  return { ...recipe, path: { organization: home.name, ...recipe.path }, things };
}

/** Of routes for users; by method and path below `/api/v2`. */
export const RECIPES = { people, organizations, keys, checks, templates, workspaces, provisioners };
