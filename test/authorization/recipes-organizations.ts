import { hasId, inHome, MISSING, memberThing, ok, type Recipes, userThing } from "./recipe.ts";

const ORGANIZATIONS: Recipes = {
  "GET /organizations": ({ organization }) => ({ status: 200, shows: hasId(organization.id) }),
  "POST /organizations": () => ({ status: 201, body: { name: "fresh" } }),
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
  "GET /organizations/{organization}/members": ({ scene, organization, person }) => [
    { status: 200, shows: hasId(person.id, "user_id"), things: { organization_member: memberThing(person, organization) } },
    inHome(scene, { status: 200, shows: hasId(person.id, "user_id"), things: { organization_member: memberThing(person, scene.home) } }),
  ],
  "GET /organizations/{organization}/paginated-members": ({ scene, person }) =>
    inHome(scene, {
      status: 200,
      shows: ({ members }) => hasId(person.id, "user_id")(members),
      things: { organization_member: memberThing(person, scene.home) },
    }),
  "GET /organizations/{organization}/members/{user}": ({ scene, which, person }) => [
    inHome(scene, { status: 200, things: { organization_member: memberThing(person, scene.home) } }),
    ...(which === "foreign" ? [{ status: 200 }] : []),
  ],
  "DELETE /organizations/{organization}/members/{user}": ({ scene, which, person }) => {
    const leaving =
      which === "own"
        ? [{ who: person, hasRoles: false }]
        : [
            { who: scene.idle, hasRoles: false },
            { who: scene.auditor, hasRoles: true },
          ];
    return leaving.map(({ who, hasRoles }) =>
      inHome(scene, {
        status: which === "own" ? 400 : 204,
        path: { user: who.username },
        things: { user: userThing(who), organization_member: memberThing(who, scene.home) },
        when: { "the member has roles": hasRoles },
      }),
    );
  },
  "POST /organizations/{organization}/members/{user}": ({ scene, which }) => {
    const joining = which === "own" ? scene.newcomer : scene.idle;
    return { status: 200, path: { user: joining.username }, things: { user: userThing(joining) } };
  },
  "PUT /organizations/{organization}/members/{user}/roles": ({ scene, which, person }) => {
    const [adds, takes] = ["roles are added", "roles are taken away"];
    const roles = ["organization-auditor"];
    const added = inHome(scene, {
      status: which === "own" ? 400 : 200,
      body: { roles },
      things: { organization_member: memberThing(person, scene.home) },
      when: { [adds]: true, [takes]: false },
    });
    if (which === "own") return added;
    const { auditor, home } = scene;
    const things = { user: userThing(auditor), organization_member: memberThing(auditor, home) };
    const taken = { status: 200, path: { user: auditor.username }, body: { roles: [] }, things, when: { [adds]: false, [takes]: true } };
    return [added, inHome(scene, taken)];
  },
  "GET /organizations/{organization}/members/{user}/workspaces/available-users": () => ({ status: 200, ignores: ["user"] }),
  "PATCH /organizations/{organization}/settings/workspace-sharing": () => ({ status: 200, body: { sharing_disabled: true } }),
  "GET /audit": ok,
};

const PROVISIONERS: Recipes = {
  "GET /organizations/{organization}/provisionerdaemons": () => ({
    status: 200,
    // Some have one job, some the other.
    when: { "it is a build": true, "it is an import": true },
  }),
  "GET /organizations/{organization}/provisionerjobs": ok,
  "GET /organizations/{organization}/provisionerjobs/{job}": ({ scene, person, template, which }) => {
    const is = (isBuild: boolean) => ({ "it is a build": isBuild, "it is an import": !isBuild });
    return [
      inHome(scene, { status: 200, path: { job: person.workspace.job }, when: is(true) }),
      inHome(scene, { status: 200, path: { job: template.version.job }, when: is(false) }),
      // In the other organization it is not there.
      ...(which === "foreign"
        ? [{ status: 200, path: { job: person.workspace.job }, when: is(true), things: { workspace: MISSING } }]
        : []),
    ];
  },
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

/** Of organizations, their members and their daemons. */
export const ORGANIZATION_RECIPES: Recipes = { ...ORGANIZATIONS, ...PROVISIONERS };
