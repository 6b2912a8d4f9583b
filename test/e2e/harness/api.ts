/** Calls the REST API like an outsider, without any code of the project. */
import { setTimeout as delay } from "node:timers/promises";
import { pack } from "tar-stream";

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test is about
  readonly body: any;
}

export interface Api {
  readonly url: string;
  readonly organizationId: string;
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  as(token: string | undefined): Api;
  /** The same caller at another server of the deployment. */
  at(url: string): Api;
}

export function createApi(url: string, token: string | undefined, organizationId = ""): Api {
  return {
    url,
    organizationId,
    as: (other) => createApi(url, other, organizationId),
    at: (other) => createApi(other, token, organizationId),
    async call(method, path, body, headers = {}) {
      const raw = body instanceof Uint8Array;
      const response = await fetch(`${url}/api/v2${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { "Coder-Session-Token": token }),
          ...(body === undefined || raw ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: raw ? Buffer.from(body) : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: parsed(text) };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const FIRST_USER = { email: "ada@example.com", username: "ada", name: "Ada", password: "correct horse battery staple 9" };

/** Creates the first user, signs in, and returns an API that acts as that user. */
export async function signUp(url: string): Promise<Api> {
  const anonymous = createApi(url, undefined);
  const { email, password } = FIRST_USER;
  const created = await expectStatus(201, anonymous.call("POST", "/users/first", FIRST_USER));
  const login = await expectStatus(201, anonymous.call("POST", "/users/login", { email, password }));
  return createApi(url, login.session_token, created.organization_id);
}

/** Returns the body of a response that must have this status. */
export async function expectStatus(status: number, answer: Promise<Answer>): Promise<Answer["body"]> {
  const { status: actual, body } = await answer;
  if (actual !== status) throw new Error(`expected ${status}, got ${actual}: ${JSON.stringify(body)}`);
  return body;
}

/** A tar of these files, path → content. */
export async function tarOf(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export interface ImportOptions {
  readonly templateId?: string;
  readonly variables?: readonly { readonly name: string; readonly value: string }[];
}

/** Uploads files and imports them as a template version; returns the version once its job has ended, whatever the outcome. */
export async function importVersion(api: Api, files: Readonly<Record<string, string>>, options: ImportOptions = {}) {
  const upload = await api.call("POST", "/files", await tarOf(files), { "Content-Type": "application/x-tar" });
  if (upload.status >= 300) throw new Error(`upload: ${upload.status} ${JSON.stringify(upload.body)}`);
  const version = await expectStatus(
    201,
    api.call("POST", `/organizations/${api.organizationId}/templateversions`, {
      storage_method: "file",
      provisioner: "terraform",
      file_id: upload.body.hash,
      ...(options.templateId === undefined ? {} : { template_id: options.templateId }),
      ...(options.variables === undefined ? {} : { user_variable_values: options.variables }),
    }),
  );
  return ended(() => expectStatus(200, api.call("GET", `/templateversions/${version.id}`)));
}

/** Imports files, which must succeed, and creates a template from them. */
export async function createTemplate(
  api: Api,
  name: string,
  files: Readonly<Record<string, string>>,
  options: Pick<ImportOptions, "variables"> = {},
) {
  const version = await importVersion(api, files, options);
  if (version.job.status !== "succeeded") throw new Error(`import ${version.job.status}: ${version.job.error}`);
  return expectStatus(201, api.call("POST", `/organizations/${api.organizationId}/templates`, { name, template_version_id: version.id }));
}

/** Creates a workspace and waits for its first build, which must succeed. */
export async function createWorkspace(api: Api, name: string, templateId: string) {
  const workspace = await expectStatus(201, api.call("POST", "/users/me/workspaces", { name, template_id: templateId }));
  const build = await succeeded(api, workspace.latest_build.id);
  return { ...workspace, latest_build: build };
}

/** Runs one build of a workspace, which must succeed. */
export async function runBuild(api: Api, workspaceId: string, transition: "start" | "stop" | "delete") {
  const build = await expectStatus(201, api.call("POST", `/workspaces/${workspaceId}/builds`, { transition }));
  return succeeded(api, build.id);
}

/** Waits for a build's end and throws unless it succeeded. */
export async function succeeded(api: Api, buildId: string) {
  const build = await buildEnd(api, buildId);
  if (build.job.status !== "succeeded") throw new Error(`build ${build.job.status}: ${build.job.error}`);
  return build;
}

export function buildEnd(api: Api, buildId: string) {
  return ended(() => expectStatus(200, api.call("GET", `/workspacebuilds/${buildId}`)));
}

/** Tokens of a build's agents by name, of a template that copies each into the machine that is called like the agent. */
export async function agentTokens(api: Api, buildId: string): Promise<Record<string, string>> {
  const state = await expectStatus(200, api.call("GET", `/workspacebuilds/${buildId}/state`));
  const tokens: Record<string, string> = {};
  for (const { type, name, instances } of state.resources ?? []) {
    if (type === "coder_agent")
      for (const { attributes } of instances) if (attributes.token) throw new Error(`the state has the token of ${name}`);
    const [token] = type === "terraform_data" ? (/pva_\w+/.exec(JSON.stringify(instances)) ?? []) : [];
    if (token !== undefined) tokens[name] = token;
  }
  return tokens;
}

/** Polls until the object's job has ended. */
async function ended(get: () => Promise<Answer["body"]>): Promise<Answer["body"]> {
  return eventually(async () => {
    const object = await get();
    return ["succeeded", "failed", "canceled"].includes(object.job.status) ? object : undefined;
  });
}

/** Polls until there is a result; gives up after a minute. */
export async function eventually<T>(ask: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`no answer within ${timeoutMs} ms`);
    await delay(50);
  }
}
