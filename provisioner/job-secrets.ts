import type { AcquiredJob } from "#proto/gen/provisionerd_pb.js";

/** Shorter texts are found in innocent words, and no service issues such tokens. */
const MIN_LENGTH = 8;
const MARKER = /^-----(BEGIN|END) /;

/**
 * What a job was given and people must not read in its log and its errors: the credentials of the workspace's owner, and sensitive values of
 * the template's variables. Terraform prints them in its trace and in some of its errors. Tokens of this server have a form of their own, by
 * which `redactSecrets` finds them. A template that encodes or splits a text prints it all the same.
 */
export class JobSecrets {
  readonly #texts = new Set<string>();
  #pattern: RegExp | undefined;

  constructor({ type }: Pick<AcquiredJob, "type">) {
    // Which values of an import are sensitive, only its template says.
    if (type.case !== "workspaceBuild") return;
    const { metadata, externalAuthProviders, variableValues } = type.value;
    this.add([
      metadata?.workspaceOwnerSshPrivateKey ?? "",
      metadata?.workspaceOwnerOidcAccessToken ?? "",
      ...externalAuthProviders.map(({ accessToken }) => accessToken),
      ...variableValues.filter(({ sensitive }) => sensitive).map(({ value }) => value),
    ]);
  }

  /** @param texts of any number of lines: logs are split into lines, and each is looked for by itself */
  add(texts: readonly string[]): void {
    for (const line of texts.flatMap((text) => text.split(/\r?\n/)))
      if (line.length >= MIN_LENGTH && !MARKER.test(line)) this.#texts.add(line);
    const found = [...this.#texts].sort((a, b) => b.length - a.length);
    if (found.length > 0) this.#pattern = new RegExp(found.map((text) => RegExp.escape(text)).join("|"), "g");
  }

  redact(text: string): string {
    return this.#pattern === undefined ? text : text.replace(this.#pattern, "[redacted]");
  }
}
