/** What the provider knows about the build that it runs for; everything else comes from the template. */
export interface CoderContext {
  /** The `CODER_*` variables of the job, or of the process for a spawned plugin. The provider reads no other environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * 32 bytes that only this build and the server know. With it, an agent's token is derived from the agent's id, so that the server can
   * compute the same token; without it (a spawned plugin), tokens are random. It is passed only here, never through Terraform's
   * environment, where a template could read it.
   */
  readonly agentTokenSecret?: Uint8Array;
  /** Creates the ids of new objects. Default: random UUIDs. */
  readonly newId?: () => string;
}
