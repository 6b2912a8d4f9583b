import { ApiError } from "#sdk/api-error.ts";
import { Client } from "#sdk/client.ts";
import type { Organization } from "#sdk/organizations.ts";
import type { Template } from "#sdk/templates.ts";
import type { Workspace } from "#sdk/workspaces.ts";
import { openConfigFolder } from "./config-folder.ts";
import type { CliContext, GlobalOptions } from "./context.ts";
import { CliError } from "./failure.ts";
import { VERSION } from "./version.ts";

/** The server's address: `--url`, `CODER_URL`, or where `proviso login` went last. */
export async function findUrl(context: CliContext, options: GlobalOptions): Promise<string> {
  const url = options.url || (await openConfigFolder(context, options).read("url"));
  if (url === undefined) throw new CliError("you are not logged in, and no server is named; try `proviso login <url>`");
  return parseUrl(url);
}

/** A server's address as a person types it: without a scheme it is https, but for localhost. @throws CliError if it is none */
export function parseUrl(text: string): string {
  const local = /^(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(text);
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${local ? "http" : "https"}://${text}`);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) throw new CliError(`"${text}" is no http or https address`);
  return url.href.replace(/\/+$/, "");
}

/** A client for the server and with the session that options, environment and config folder name, in this order. */
export async function createSessionClient(context: CliContext, options: GlobalOptions): Promise<Client> {
  const url = await findUrl(context, options);
  return createClient(context, url, await findSession(context, options));
}

/** The session or token that {@link createSessionClient} uses. */
export async function findSession(context: CliContext, options: GlobalOptions): Promise<string | undefined> {
  return options.token || (await openConfigFolder(context, options).read("session"));
}

export function createClient(context: Pick<CliContext, "platform">, url: string, sessionToken: string | undefined): Client {
  const userAgent = `proviso-cli/${VERSION} (${context.platform})`;
  return new Client(url, sessionToken === undefined ? { userAgent } : { userAgent, sessionToken });
}

/** The organization of `--org`, or the only one that the user is in. @throws CliError if there is none that the caller may see */
export async function findOrganization(client: Client, name: string | undefined, signal: AbortSignal): Promise<Organization> {
  const found = selectOrganization(await client.listUserOrganizations("me", { signal }), name);
  if (found === undefined) throw new CliError("you are in no organization, or your token has no organization:read to see it");
  return found;
}

/**
 * The same for a path of the API: an id, a name, or `default`. A token without `organization:read` sees no organization, and may name its
 * user's in a path all the same.
 */
export async function nameOrganization(client: Client, name: string | undefined, signal: AbortSignal): Promise<string> {
  return selectOrganization(await client.listUserOrganizations("me", { signal }), name)?.id ?? (name || "default");
}

function selectOrganization(organizations: readonly Organization[], name: string | undefined): Organization | undefined {
  const [only, ...others] = organizations;
  if (only === undefined) return undefined;
  if (name) {
    const found = organizations.find((each) => each.name.toLowerCase() === name.toLowerCase() || each.id === name);
    if (found === undefined) throw new CliError(`you are in no organization "${name}"; yours are ${listNames(organizations)}`);
    return found;
  }
  if (others.length > 0) throw new CliError(`you are in several organizations; choose one of ${listNames(organizations)} with --org`);
  return only;
}

/** Any organization that the caller may see, member or not; without a name, the only one that the user is in. */
export async function findAnyOrganization(client: Client, name: string | undefined, signal: AbortSignal): Promise<Organization> {
  if (!name) return findOrganization(client, name, signal);
  return orMissing(client.getOrganization(name, { signal }), `organization "${name}"`, "`proviso organizations list` shows them.");
}

/** A workspace by `name` (one's own), `owner/name`, or its UUID. @throws CliError if there is none */
export async function findWorkspace(client: Client, name: string, signal: AbortSignal): Promise<Workspace> {
  const parts = name.split("/");
  if (parts.length > 2 || parts.includes("")) throw new CliError(`"${name}" is no workspace: write name, owner/name, or its id`);
  const [owner, workspace] = parts.length === 2 ? parts : ["me", name];
  const found = isUuid(name)
    ? client.getWorkspace(name, { signal })
    : client.getWorkspaceByName(owner ?? "me", workspace ?? name, { signal });
  return orMissing(found, `workspace "${name}"`, "`proviso list` shows yours.");
}

/** A template by name. @throws CliError if there is none */
export function findTemplate(client: Client, organization: string, name: string, signal: AbortSignal): Promise<Template> {
  return orMissing(client.getTemplateByName(organization, name, { signal }), `template "${name}"`, "`proviso templates list` shows them.");
}

/** A template by `name` or `organization/name`, in whichever organization it is. @throws CliError if there is none, or more than one */
export async function findAnyTemplate(client: Pick<Client, "listTemplates">, name: string, signal: AbortSignal): Promise<Template> {
  const wanted = name.toLowerCase();
  const found = (await client.listTemplates({ signal })).filter((template) =>
    [template.name, fullName(template)].some((each) => each.toLowerCase() === wanted),
  );
  const [only, ...others] = found;
  if (only === undefined) {
    throw new CliError(`there is no template "${name}", or you may not see it`, { details: ["`proviso templates list` shows them."] });
  }
  if (others.length > 0) {
    const names = found.map((template) => `template:${fullName(template)}`).sort();
    throw new CliError(`several organizations have a template "${name}"; write one of ${names.join(", ")}`);
  }
  return only;
}

function fullName({ organization_name, name }: Template): string {
  return `${organization_name}/${name}`;
}

/** What a request found. The server does not say what was missing: it does not tell it from what may not be seen. @throws CliError that says it */
export async function orMissing<T>(request: Promise<T>, what: string, hint?: string): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    if (!(cause instanceof ApiError && (cause.status === 404 || isUnknownUser(cause)))) throw cause;
    throw new CliError(`there is no ${what}, or you may not see it`, { cause, details: hint === undefined ? [] : [hint] });
  }
}

/** The API calls a user that does not exist bad input. */
function isUnknownUser({ status, validations: [first, ...others] }: ApiError): boolean {
  return status === 400 && first?.field === "user" && others.length === 0;
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

function listNames(organizations: readonly Organization[]): string {
  return organizations.map((each) => each.name).join(", ");
}
