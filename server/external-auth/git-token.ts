import { authorize } from "#authz/decide.ts";
import { userObject } from "#authz/object.ts";
import type { AgentExternalAuthResponse } from "#sdk/external-auth.ts";
import type { Access } from "../access/access.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import type { ExternalAuthLink } from "./links.ts";
import { type ExternalAuthProvider, findProvider } from "./provider.ts";
import { findLink } from "./read-links.ts";

/**
 * Returns an agent's token for Git. It first checks the right to the owner's personal data: not having a link is an ordinary state, and
 * the answer about it must not depend on whether the caller may know.
 *
 * @throws ForbiddenError, InvalidInputError unless exactly one of id and match is given, NotFoundError if no provider matches
 */
export async function agentExternalAuth(
  deps: {
    readonly access: Access;
    readonly ownerId: UserId;
    readonly providers: readonly ExternalAuthProvider[];
    readonly accessUrl: string;
    readonly now: Date;
  },
  { id = "", match = "" }: { readonly id?: string; readonly match?: string },
): Promise<AgentExternalAuthResponse> {
  authorize(deps.access.subject, "read_personal", userObject(deps.ownerId));
  if ((id === "") === (match === "")) throw new InvalidInputError("exactly one of id and match is required");
  const provider = findProvider(deps.providers, id === "" ? { match } : { id });
  if (provider === undefined) throw new NotFoundError("external auth provider");
  const link = await findLink(deps.access, deps.ownerId, provider.id);
  // An expired token that cannot be refreshed is as good as none: the owner must link again.
  const isUsable = link !== undefined && (link.expires_at === undefined || link.expires_at > deps.now);
  return isUsable ? tokenAnswer(provider, link) : linkAnswer(provider, deps.accessUrl);
}

function tokenAnswer({ type }: ExternalAuthProvider, link: ExternalAuthLink): AgentExternalAuthResponse {
  const token = link.access_token;
  return {
    access_token: token,
    token_extra: link.extra === undefined ? null : { ...link.extra },
    url: "",
    type,
    ...(link.expires_at !== undefined && { expires_at: link.expires_at.toISOString() }),
    ...gitCredentials(type, token),
  };
}

/** Returns Git's user name and password in the form that each service expects. */
function gitCredentials(type: string, token: string): { username: string; password: string } {
  switch (type) {
    case "gitlab":
      return { username: "oauth2", password: token };
    case "bitbucket-cloud":
    case "bitbucket-server":
      return { username: "x-token-auth", password: token };
    default:
      return { username: token, password: "" };
  }
}

function linkAnswer({ id, type }: ExternalAuthProvider, accessUrl: string): AgentExternalAuthResponse {
  const url = `${accessUrl}/external-auth/${encodeURIComponent(id)}`;
  return { access_token: "", token_extra: null, url, type, username: "", password: "" };
}
