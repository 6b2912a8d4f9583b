import type { AcquiredJob } from "#proto/gen/provisionerd_pb.js";

/** Shorter texts are found in innocent words, and no service issues such tokens. */
const MIN_LENGTH = 8;
const MARKER = /^-----(BEGIN|END) /;

/**
 * Returns what replaces the credentials of the workspace's owner in a text for people, wherever they stand as they are: also in Terraform's
 * trace, which shows what providers send and receive. Tokens of this server have a form of their own, by which `redactSecrets` finds them.
 * A template that encodes or splits a credential prints it all the same.
 */
export function redactorOf({ type }: Pick<AcquiredJob, "type">): (text: string) => string {
  if (type.case !== "workspaceBuild") return (text) => text;
  const { metadata, externalAuthProviders } = type.value;
  // Logs are split into lines, and a key has many.
  const keyLines = (metadata?.workspaceOwnerSshPrivateKey ?? "").split("\n").filter((line) => !MARKER.test(line));
  const secrets = [
    ...keyLines,
    metadata?.workspaceOwnerOidcAccessToken ?? "",
    ...externalAuthProviders.map(({ accessToken }) => accessToken),
  ];
  const found = [...new Set(secrets)].filter((secret) => secret.length >= MIN_LENGTH).sort((a, b) => b.length - a.length);
  if (found.length === 0) return (text) => text;
  const pattern = new RegExp(found.map((secret) => RegExp.escape(secret)).join("|"), "g");
  return (text) => text.replace(pattern, "[redacted]");
}
