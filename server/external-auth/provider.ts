/** A configured service whose tokens agents may use for Git. */
export interface ExternalAuthProvider {
  /** Identifies the provider in URLs and templates. */
  readonly id: string;
  /** Such as `github`, `gitlab`, `bitbucket-cloud`, `bitbucket-server`: decides which fields a Git client gets. */
  readonly type: string;
  readonly displayName: string;
  readonly displayIcon: string;
  /** Finds the provider for a Git URL. Undefined: only its id finds it. */
  readonly match: RegExp | undefined;
}

export function findProvider(
  providers: readonly ExternalAuthProvider[],
  by: { readonly id: string } | { readonly match: string },
): ExternalAuthProvider | undefined {
  return providers.find((provider) => ("id" in by ? provider.id === by.id : provider.match?.test(by.match)));
}
