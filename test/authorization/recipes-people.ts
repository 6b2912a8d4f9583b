import { hasId, MISSING, NO_ID, ok, type Recipes, type Side, userThing } from "./recipe.ts";
import { PASSWORD } from "./scene.ts";

const PEOPLE: Recipes = {
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
  "DELETE /users/{user}": ({ which, scene }) =>
    // Of oneself it is refused in another way, and whoever has workspaces stays.
    which === "own" ? { status: 400 } : { status: 200, path: { user: scene.idle.username }, things: { user: userThing(scene.idle) } },
  "PUT /users/{user}/appearance": () => ({ status: 200, body: { theme_preference: "dark", terminal_font: "" } }),
  "PUT /users/{user}/gitsshkey": ok,
  "GET /users/{user}/organizations": ({ organization }) => ({ status: 200, shows: hasId(organization.id) }),
  "PUT /users/{user}/password": ({ which, scene }) => {
    const recipe = { status: 204, body: { old_password: PASSWORD, password: "Another horse 8 battery?" } };
    const when = (hasRoles: boolean) => ({
      "it is the caller": which === "own",
      "it is not the caller": which !== "own",
      "it is not the caller and has roles": hasRoles,
      "it is not the caller and has roles in an organization": hasRoles,
    });
    if (which === "own") return { ...recipe, when: when(false) };
    const ofAuditor = { path: { user: scene.auditor.username }, things: { user: userThing(scene.auditor), assign_org_role: IN_HOME } };
    return [
      { ...recipe, when: when(false) },
      { ...recipe, ...ofAuditor, when: when(true) },
    ];
  },
  "PUT /users/{user}/profile": ({ person }) => ({ status: 200, body: { username: person.username, name: "New" } }),
  "GET /users/{user}/roles": ok,
  "PUT /users/{user}/roles": ({ which, caller, scene }) => {
    const added = { "roles are added": true, "roles are taken away": false };
    // Nobody changes one's own roles.
    if (which === "own") return { status: 400, body: { roles: caller === scene.olive ? ["owner", "auditor"] : ["auditor"] }, when: added };
    const ofAuditor = { path: { user: scene.auditor.username }, things: { user: userThing(scene.auditor) } };
    return [
      { status: 200, body: { roles: ["auditor"] }, when: added },
      { status: 200, body: { roles: [] }, ...ofAuditor, when: { "roles are added": false, "roles are taken away": true } },
    ];
  },
  "PUT /users/{user}/status/activate": ok,
  "PUT /users/{user}/status/suspend": ({ which }) => ({ status: which === "own" ? 400 : 200 }),
};

const IN_HOME = { organization: "home" };

const KEYS: Recipes = {
  "POST /users/{user}/keys": () => ({ status: 201 }),
  "GET /users/{user}/keys/tokens": ({ person }) => ({ status: 200, shows: hasId(person.token.id) }),
  "POST /users/{user}/keys/tokens": () => ({
    status: 201,
    body: ({ scopes, allowList }) => ({ scopes, allow_list: allowList, lifetime: 3_600_000_000_000 }),
  }),
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

const CHECKS: Recipes = {
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

/** Of users, their keys, and what they ask about themselves. */
export const PEOPLE_RECIPES: Recipes = { ...PEOPLE, ...KEYS, ...CHECKS };
