import { STATUS_CODES } from "node:http";
import fastifySwagger from "@fastify/swagger";
import type { FastifySchema } from "fastify";
import { PROGRAM_VERSION } from "#proto/program-version.ts";
import { Response } from "#sdk/response.ts";
import { type DescribedRoute, describeRoutes } from "./described-routes.ts";
import { parseNeed } from "./needs.ts";
import type { Audience, Routes } from "./routes.ts";
import { identityOf, namedSchemas } from "./schema-names.ts";

/** The part of OpenAPI 3.1 that this document uses. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** Keys are paths, then methods in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: Readonly<Record<"schemas" | "responses" | "securitySchemes", Readonly<Record<string, object>>>>;
}

export interface ApiOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<Record<string, ApiResponse>>;
  /** What the operation asks authz, machine-readable: see needs.ts. */
  readonly "x-needs"?: readonly string[];
}

export interface ApiResponse {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
  readonly $ref?: string;
}

/** The tags in the order of the page. A route with another tag fails the document's test. */
export const TAGS: Readonly<Record<string, string>> = {
  General: "The server's version and health, and this document.",
  Authorization: "What scopes mean, and what the caller may do.",
  Session: "The first user, and signing in and out.",
  "API keys": "Session keys and API tokens: scopes, allow lists, boundaries, and what a key was used for.",
  Users: "Users, their status, passwords, roles and personal data.",
  Organizations: "Organizations, their members, and the members' roles.",
  Files: "Uploaded archives.",
  Templates: "Templates.",
  "Template versions": "Uploaded versions of templates, and what their imports found.",
  Workspaces: "Workspaces.",
  "Workspace builds": "Runs of Terraform that start, stop or delete a workspace.",
  "Workspace agents": "The agents of a workspace, as its users see them.",
  "Agent side": "What an agent asks and reports about itself, with its own token.",
  Provisioners: "Provisioner keys, daemons, and the queue that they work on.",
  Audit: "The audit log: who did what.",
};

const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  user: "UUID, username, or `me`.",
  organization: "UUID, name, or `default`.",
  keyid: "The ten characters before the dash of a key.",
  keyname: "The name of a token.",
};

/** Errors are the same everywhere, so each is described once among the components. */
const ERRORS: Readonly<Record<string, { readonly name: string; readonly description: string }>> = {
  400: { name: "BadRequest", description: "A value is not acceptable: `validations` says which one and why." },
  401: { name: "Unauthorized", description: "No valid session or token came with the request." },
  403: { name: "Forbidden", description: "The object exists, but the caller may not do this with it: `detail` names what is missing." },
  404: { name: "NotFound", description: "Not found, or the caller does not have access to it: the answer is the same." },
  429: { name: "TooManyRequests", description: "Too many requests from this address: `detail` says how long to wait." },
  500: { name: "InternalError", description: "A defect in the server." },
  503: { name: "Unavailable", description: "The database is unavailable; nothing was written." },
};

const SECURITY: Readonly<Record<Audience, readonly Readonly<Record<string, string[]>>[]>> = {
  everybody: [],
  users: [{ sessionToken: [] }],
  agents: [{ agentToken: [] }],
};

const SECURITY_SCHEMES = {
  sessionToken: { type: "apiKey", in: "header", name: "Coder-Session-Token", description: "A session key or an API token of a user." },
  agentToken: { type: "apiKey", in: "header", name: "Coder-Session-Token", description: "The token of a running workspace's agent." },
};

const DESCRIPTION = `The REST API of Proviso. Paths, names and status codes are those of the Coder API, as far as Proviso has it.

**Credentials** go into the header \`Coder-Session-Token\` (or \`Authorization: Bearer\`): a session key or API token for users, an
agent's own token for agents. Every operation names what its credential needs: \`workspace:start on {workspace} or 403\` means that the
scopes, the allow list and the roles of the caller must all permit \`workspace:start\` on that workspace, and that it is told openly if
they do not. \`or 404\`: the object then looks as if it were not there. \`or less\`: the answer leaves it out.`;

/** Creates the OpenAPI 3.1 document of this program from the routes' schemas alone. It is the same on every server. */
export async function openApiDocument(routes: Routes): Promise<ApiDocument> {
  const components = new Components();
  let generated = (): Pick<ApiDocument, "paths"> => ({ paths: {} });
  const described = await describeRoutes(routes, async (app) => {
    await app.register(fastifySwagger, {
      openapi: { openapi: "3.1.0", info: { title: "Proviso", version: PROGRAM_VERSION } },
      transform: ({ schema = {}, url }) => ({ schema: withReferences(schema, components), url }),
    });
    // Typed as a document of any version; this is the version requested above.
    generated = () => app.swagger() as unknown as Pick<ApiDocument, "paths">;
  });
  const { paths } = generated();
  const finished: Record<string, Record<string, ApiOperation>> = {};
  for (const route of described) {
    const operation = paths[route.path]?.[route.method.toLowerCase()];
    if (operation === undefined) throw new Error(`${route.method} ${route.path} is missing in the document`);
    finished[route.path] = { ...finished[route.path], [route.method.toLowerCase()]: finish(operation, route) };
  }
  const errors = Object.values(ERRORS).map(({ name, description }) => [
    name,
    { description, content: { "application/json": { schema: components.reference(Response) } } },
  ]);
  return {
    openapi: "3.1.0",
    info: {
      title: "Proviso",
      version: PROGRAM_VERSION,
      description: DESCRIPTION,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: sorted(finished),
    components: { schemas: sorted(components.written()), responses: Object.fromEntries(errors), securitySchemes: SECURITY_SCHEMES },
  };
}

function withReferences(schema: FastifySchema, components: Components): FastifySchema {
  const { body, querystring, params, response } = schema;
  return {
    ...schema,
    ...(body !== undefined && { body: components.reference(body) }),
    // Its properties become parameters: their types may have names, the whole has none.
    ...(querystring !== undefined && { querystring: components.inside(querystring) }),
    ...(params !== undefined && { params: components.inside(params) }),
    ...(typeof response === "object" &&
      response !== null && {
        response: Object.fromEntries(Object.entries(response).map(([status, of]) => [status, components.reference(of)])),
      }),
  };
}

/** Adds what a route's schemas do not say: who may call it, which credential that takes, and how it can fail. */
function finish(operation: ApiOperation, { audience, needs = [], path, schema, config }: DescribedRoute): ApiOperation {
  const responses: Record<string, ApiResponse> = {};
  for (const [status, response] of Object.entries(operation.responses))
    responses[status] = { ...response, description: STATUS_CODES[Number(status)] ?? "" };
  const isGuarded = audience !== "everybody";
  const refusals = new Set(needs.flatMap((need) => parseNeed(need).refusal.split("/")));
  const possible: Readonly<Record<string, boolean>> = {
    400: schema.body !== undefined || schema.querystring !== undefined || schema.params !== undefined,
    401: isGuarded || path.endsWith("/login"),
    403: refusals.has("403"),
    404: refusals.has("404"),
    429: config.rateLimit !== undefined,
    500: true,
    503: true,
  };
  for (const [status, { name }] of Object.entries(ERRORS))
    if (possible[status] || responses[status] !== undefined) responses[status] = { $ref: `#/components/responses/${name}` };
  const { parameters } = operation;
  return {
    ...operation,
    ...describe(operation, needs),
    security: SECURITY[audience],
    ...(parameters !== undefined && {
      parameters: parameters.map((parameter) => {
        const description = parameter.in === "path" ? PATH_PARAMETERS[parameter.name] : undefined;
        return description === undefined ? parameter : { ...parameter, description };
      }),
    }),
    responses,
    ...(isGuarded && { "x-needs": needs }),
  };
}

function describe({ description }: ApiOperation, needs: readonly string[]): { readonly description?: string } {
  const list = needs.length === 0 ? [] : [`Needs:\n${needs.map((need) => `- \`${need}\``).join("\n")}`];
  const parts = [...(description === undefined ? [] : [description]), ...list];
  return parts.length === 0 ? {} : { description: parts.join("\n\n") };
}

/** Collects the named types that the document uses. */
class Components {
  readonly #named = namedSchemas();
  readonly #used = new Map<string, object>();

  /** Returns the schema, or a reference to it if it has a name. */
  reference(schema: unknown): unknown {
    const known = this.#named.get(identityOf(schema) ?? {});
    if (known === undefined) return this.inside(schema);
    this.#used.set(known.name, known.schema);
    return { $ref: `#/components/schemas/${known.name}` };
  }

  /** Returns the schema itself, with references in it. */
  inside(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((item) => this.reference(item));
    if (typeof schema !== "object" || schema === null) return schema;
    return Object.fromEntries(
      Object.entries(schema).map(([key, value]) => {
        // The values of a record, whatever the key.
        if (key === "patternProperties") return ["additionalProperties", this.reference(Object.values(value)[0])];
        return [key, key === "properties" ? this.#properties(value) : this.reference(value)];
      }),
    );
  }

  /** Returns every used type with its name, including those that only other types use. */
  written(): Record<string, object> {
    const done: Record<string, object> = {};
    for (let added = true; added; ) {
      added = false;
      for (const [name, schema] of [...this.#used]) {
        if (Object.hasOwn(done, name)) continue;
        done[name] = Object(this.inside(schema));
        added = true;
      }
    }
    return done;
  }

  #properties(properties: object): object {
    return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, this.reference(value)]));
  }
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
