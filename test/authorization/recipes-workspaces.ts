import { hasId, MISSING, NO_ID, type Recipe, type Recipes, templateThing, WAITS, workspaceThing } from "./recipe.ts";
import type { SceneBuild, ScenePerson } from "./scene.ts";

/** Of workspaces and their builds. */
export const WORKSPACE_RECIPES: Recipes = {
  "POST /users/{user}/workspaces": ({ scene, person }) => {
    const things = {
      "workspace on a new workspace of {user}": { owner: person.id, organization: "home" },
      "workspace on the new workspace": { owner: person.id, organization: "home" },
    };
    const when = { "it is given": false, [WAITS]: true };
    return [
      ...[scene.template, scene.hiddenTemplate].map((template) => ({
        status: 201,
        body: { name: "fresh", template_id: template.id },
        when,
        things: { ...things, template: templateThing(template) },
      })),
      {
        status: 201,
        body: { name: "fresh", template_version_id: scene.template.version.id },
        when: { ...when, "it is given": true },
        things: { ...things, template: templateThing(scene.template) },
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
  "GET /workspaces/{workspace}/builds": ({ person: { workspace } }) => ({
    status: 200,
    path: { workspace: workspace.id },
    shows: hasId(workspace.build),
  }),
  "POST /workspaces/{workspace}/builds": ({ person: { workspace } }) =>
    [
      ...["start", "stop", "delete"].map((transition) => ({ transition })),
      { transition: "start", state: Buffer.from("{}").toString("base64") },
      { transition: "delete", orphan: true },
    ].map((body) => ({
      status: 201,
      path: { workspace: workspace.id },
      body,
      when: {
        "transition is start": body.transition === "start",
        "transition is stop": body.transition === "stop",
        "transition is delete": body.transition === "delete",
        "state or orphan is given": "state" in body || "orphan" in body,
        [WAITS]: true,
      },
    })),
  "GET /users/{user}/workspace/{name}": ({ person }) => ({ status: 200, path: { name: person.workspace.name } }),
  "GET /users/{user}/workspace/{name}/builds/{number}": ({ person }) => [
    { status: 200, path: { name: person.workspace.name, number: "1" }, when: { [WAITS]: false } },
    {
      status: 200,
      path: { name: person.pending.start.name, number: "1" },
      things: { workspace: workspaceThing(person, person.pending.start.workspace) },
      when: { [WAITS]: true },
    },
  ],
  "GET /workspacebuilds/{id}": ({ person }) => [
    { status: 200, path: { id: person.workspace.build }, when: { [WAITS]: false } },
    { ...ofBuild(person, person.pending.start), when: { [WAITS]: true } },
  ],
  "PATCH /workspacebuilds/{id}/cancel": ({ person }) => {
    const { start, stop, delete: removal } = person.pending;
    return [
      { build: start, what: "a start", isRunning: false },
      { build: stop, what: "a stop", isRunning: false },
      { build: removal, what: "a delete", isRunning: false },
      { build: person.running, what: "a start", isRunning: true },
    ].map(({ build, what, isRunning }) => ({
      ...ofBuild(person, build),
      when: {
        "the build is a start": what === "a start",
        "the build is a stop": what === "a stop",
        "the build is a delete": what === "a delete",
        "the build has begun and the template does not let its users cancel": isRunning,
      },
    }));
  },
  "GET /workspacebuilds/{id}/parameters": ({ person }) => ({
    status: 200,
    path: { id: person.workspace.build },
    when: { "the caller does not own it with a session": true },
  }),
  "GET /workspacebuilds/{id}/state": ({ person }) => ({ status: 200, path: { id: person.workspace.build } }),
  "PUT /workspacebuilds/{id}/state": ({ person }) => ({
    status: 204,
    path: { id: person.workspace.build },
    body: { state: Buffer.from('{"version": 4, "serial": 9, "lineage": "pushed"}').toString("base64") },
  }),
};

function ofBuild(person: ScenePerson, { build, workspace }: SceneBuild): Recipe {
  return { status: 200, path: { id: build }, things: { workspace: workspaceThing(person, workspace) } };
}
