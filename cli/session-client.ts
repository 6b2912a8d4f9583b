import { ApiError } from "#sdk/api-error.ts";
import { Client } from "#sdk/client.ts";
import type { Organization } from "#sdk/organizations.ts";
import type { Template } from "#sdk/templates.ts";
import type { Workspace } from "#sdk/workspaces.ts";
import { openConfigFolder } from "./config-folder.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { CliError } from "./failure.ts";
import { VERSION } from "./version.ts";

/** Finds the server's address: `--url`, `CODER_URL`, or the server of the last `proviso login`. */
export async function findUrl(context: CliContext, options: GlobalOptions): Promise<string> {
  const url = options.url || (await openConfigFolder(context, options).read("url"));
  if (url === undefined) throw new CliError("you are not logged in, and no server is given: run `proviso login <url>`");
  return parseUrl(url);
}

/** Parses a server's address as people type it: the scheme defaults to https, except for localhost. @throws CliError if it is not valid */
export function parseUrl(text: string): string {
  const local = /^(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(text);
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${local ? "http" : "https"}://${text}`);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new CliError(`"${text}" is not a valid address: expected an http or https URL`);
  return url.href.replace(/\/+$/, "");
}

/** Creates a client for the server and session given by the options, the environment or the config folder, in this order. */
export async function createSessionClient(context: CliContext, options: GlobalOptions): Promise<Client> {
  const url = await findUrl(context, options);
  return createApiClient(context, url, await findSession(context, options));
}

/** Finds the session or token that {@link createSessionClient} uses. */
export async function findSession(context: CliContext, options: GlobalOptions): Promise<string | undefined> {
  return options.token || (await openConfigFolder(context, options).read("session"));
}

export function createApiClient(context: Pick<CliContext, "platform">, url: string, sessionToken: string | undefined): Client {
  const userAgent = `proviso-cli/${VERSION} (${context.platform})`;
  return new Client(url, sessionToken === undefined ? { userAgent } : { userAgent, sessionToken });
}

/** Finds the organization of `--org`, or the only one of the user. @throws CliError if the caller has access to none */
export async function findOrganization(client: Client, name: string | undefined, signal: AbortSignal): Promise<Organization> {
  const found = selectOrganization(await client.listUserOrganizations("me", { signal }), name);
  if (found === undefined)
    throw new CliError("no organization found: you are not a member of one, or your token lacks the scope organization:read");
  return found;
}

/**
 * Like {@link findOrganization}, for a path of the API: returns an ID, a name, or `default`. A token without `organization:read` sees no
 * organization, but may still name its user's organization in a path.
 */
export async function nameOrganization(client: Client, name: string | undefined, signal: AbortSignal): Promise<string> {
  return selectOrganization(await client.listUserOrganizations("me", { signal }), name)?.id ?? (name || "default");
}

function selectOrganization(organizations: readonly Organization[], name: string | undefined): Organization | undefined {
  const [only, ...others] = organizations;
  if (only === undefined) return undefined;
  if (name) {
    const found = organizations.find((each) => each.name.toLowerCase() === name.toLowerCase() || each.id === name);
    if (found === undefined)
      throw new CliError(`you are not a member of organization "${name}": choose one of ${listNames(organizations)}`);
    return found;
  }
  if (others.length > 0)
    throw new CliError(`you are a member of several organizations: choose one of ${listNames(organizations)} with --org`);
  return only;
}

/** Finds any organization that the caller has access to, member or not; without a name, the only one of the user. */
export async function findAnyOrganization(client: Client, name: string | undefined, signal: AbortSignal): Promise<Organization> {
  if (!name) return findOrganization(client, name, signal);
  return orMissing(
    client.getOrganization(name, { signal }),
    `organization "${name}"`,
    "List organizations with `proviso organizations list`.",
  );
}

/**
 * Finds a workspace by `name` (of the caller), `owner/name`, or UUID.
 *
 * @param options.includeDeleted a deleted workspace is found too, by its UUID: its name may be another one's by now
 * @throws CliError if there is none
 */
export async function findWorkspace(
  client: Client,
  name: string,
  signal: AbortSignal,
  { includeDeleted = false }: { readonly includeDeleted?: boolean } = {},
): Promise<Workspace> {
  const parts = name.split("/");
  if (parts.length > 2 || parts.includes("")) throw new CliError(`"${name}" is not a valid workspace: expected name, owner/name, or an ID`);
  const [owner, workspace] = parts.length === 2 ? parts : ["me", name];
  const found = isUuid(name)
    ? client.getWorkspace(name, { signal, ...(includeDeleted && { include_deleted: true }) })
    : client.getWorkspaceByName(owner ?? "me", workspace ?? name, { signal });
  return orMissing(found, `workspace "${name}"`, "List your workspaces with `proviso list`.");
}

/** Finds a template by name. @throws CliError if there is none */
export function findTemplate(client: Client, organization: string, name: string, signal: AbortSignal): Promise<Template> {
  return orMissing(
    client.getTemplateByName(organization, name, { signal }),
    `template "${name}"`,
    "List templates with `proviso templates list`.",
  );
}

/** Finds a template by `name` or `organization/name`, in any organization. @throws CliError if there is none, or more than one */
export async function findAnyTemplate(client: Pick<Client, "listTemplates">, name: string, signal: AbortSignal): Promise<Template> {
  const wanted = name.toLowerCase();
  const found = (await client.listTemplates({ signal })).filter((template) =>
    [template.name, fullName(template)].some((each) => each.toLowerCase() === wanted),
  );
  const [only, ...others] = found;
  if (only === undefined) {
    throw new CliError(`template "${name}" not found, or you do not have access to it`, {
      details: ["List templates with `proviso templates list`."],
    });
  }
  if (others.length > 0) {
    const names = found.map((template) => `template:${fullName(template)}`).sort();
    throw new CliError(`several organizations have a template "${name}": write one of ${names.join(", ")}`);
  }
  return only;
}

function fullName({ organization_name, name }: Template): string {
  return `${organization_name}/${name}`;
}

/**
 * Returns what a request finds. The server does not say what is missing, and does not distinguish it from what the caller may not see.
 *
 * @throws CliError that names `what` if it was not found
 */
export async function orMissing<T>(request: Promise<T>, what: string, hint?: string): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    if (!(cause instanceof ApiError && (cause.status === 404 || isUnknownUser(cause)))) throw cause;
    throw new CliError(`${what} not found, or you do not have access to it`, { cause, details: hint === undefined ? [] : [hint] });
  }
}

/** The API reports a user who does not exist as invalid input. */
function isUnknownUser({ status, validations: [first, ...others] }: ApiError): boolean {
  return status === 400 && first?.field === "user" && others.length === 0;
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

function listNames(organizations: readonly Organization[]): string {
  return organizations.map((each) => each.name).join(", ");
}
