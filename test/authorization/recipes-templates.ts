import { hasId, inHome, MISSING, NO_ID, type Recipe, type Recipes, type Side, WAITS } from "./recipe.ts";

const TEMPLATES: Recipes = {
  "GET /templates": ({ template }) => ({ status: 200, shows: hasId(template.id) }),
  "GET /organizations/{organization}/templates": ({ scene, template, which }) => [
    inHome(scene, { status: 200, shows: hasId(template.id) }),
    ...(which === "foreign" ? [{ status: 200 }] : []),
  ],
  "POST /organizations/{organization}/templates": ({ organization: { name, looseVersion } }) => ({
    status: 201,
    body: { name: "fresh", template_version_id: looseVersion },
    things: {
      "template on template_version_id": { organization: name },
      "template on a new template in {organization}": { organization: name },
    },
  }),
  "GET /organizations/{organization}/templates/{name}": byName,
  "GET /organizations/{organization}/templates/{name}/versions/{version}": byName,
  "DELETE /templates/{template}": ({ which }) => ({ status: which === "own" ? 400 : 200 }),
  "PATCH /templates/{template}/versions": ({ template }) => ({ status: 200, body: { id: template.otherVersion } }),
  "GET /templates/{template}/versions/{version}": ({ template }) => ({ status: 200, path: { version: template.version.name } }),
};

/** In home, and, of the other organization, one that is not there. */
function byName({ scene, template, which }: Side): readonly Recipe[] {
  const path = { name: template.name, version: template.version.name };
  const inOther = { status: 200, path, things: { template: MISSING } };
  return [inHome(scene, { status: 200, path }), ...(which === "foreign" ? [inOther] : [])];
}

const VERSIONS: Recipes = {
  "POST /organizations/{organization}/templateversions": ({ scene, organization, person, template }) => {
    const version = { storage_method: "file", provisioner: "terraform", file_id: person.file.id };
    const is = (given: boolean) => ({
      "template_id is left out": !given,
      "it is given": given,
      "it is in no template that the caller may update": true,
      [WAITS]: true,
    });
    const created = { "template on a new template in {organization}": { organization: organization.name } };
    return [
      { status: 201, body: version, when: is(false), things: created },
      { status: 201, body: { ...version, file_id: NO_ID }, when: is(false), things: { ...created, file: MISSING } },
      inHome(scene, { status: 201, body: { ...version, template_id: template.id }, when: is(true) }),
      inHome(scene, { status: 201, body: { ...version, template_id: NO_ID }, when: is(true), things: { template: MISSING } }),
    ];
  },
  "GET /templateversions/{id}": ({ template }) => [
    { status: 200, path: { id: template.version.id }, when: { [WAITS]: false } },
    { status: 200, path: { id: template.pendingVersion }, when: { [WAITS]: true } },
  ],
  "PATCH /templateversions/{id}/cancel": ({ template }) => ({ status: 200, path: { id: template.pendingVersion } }),
  "GET /templateversions/{id}/external-auth": ({ template }) => [
    { status: 200, path: { id: template.version.id }, when: { "the version names a service": false } },
    { status: 200, path: { id: template.otherVersion }, when: { "the version names a service": true } },
  ],
};

const FILES: Recipes = {
  "POST /files": ({ scene }) => ({ status: 201, headers: { "content-type": "application/x-tar" }, body: scene.archive }),
  "GET /files/{file}": ({ person }) => ({
    status: 200,
    path: { file: person.file.id },
    when: { "it is in no template that the caller may update": true },
  }),
};

/** Of templates, their versions, and the files that those are made of. */
export const TEMPLATE_RECIPES: Recipes = { ...TEMPLATES, ...VERSIONS, ...FILES };
