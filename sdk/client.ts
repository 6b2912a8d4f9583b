import { ApiCalls } from "./api-calls.ts";
import { type ClientOptions, Connection, path, type RequestOptions } from "./connection.ts";
import type { ProvisionerJobLog } from "./provisioner-jobs.ts";
import type { WorkspaceAgentLog } from "./workspace-agents.ts";

/** @property after the highest log ID already seen; only later lines are returned. Default: all. */
export interface LogOptions extends RequestOptions {
  readonly after?: number;
}

/**
 * The API: every operation of {@link ApiCalls}, which is generated, and the streams, which are not plain requests.
 * Every method rejects with an ApiError if the server refuses.
 *
 * @example
 * const { session_token } = await new Client(url).logIn({ email, password });
 * const client = new Client(url, { sessionToken: session_token });
 * const { workspaces } = await client.listWorkspaces({ q: "owner:me status:running" });
 */
export class Client extends ApiCalls {
  /** @param url the server's address, such as `http://127.0.0.1:3000`, with or without a trailing slash */
  constructor(url: string, options: ClientOptions = {}) {
    super(new Connection(url, options));
  }

  get url(): string {
    return this.connection.url;
  }

  /** Yields older lines first, then live ones; ends when the job has ended and all lines were sent. */
  followTemplateVersionLogs(id: string, options?: LogOptions): AsyncGenerator<ProvisionerJobLog> {
    return this.#follow<ProvisionerJobLog>(path`/api/v2/templateversions/${id}/logs`, options);
  }

  /** Yields older lines first, then live ones; ends when the job has ended and all lines were sent. */
  followWorkspaceBuildLogs(id: string, options?: LogOptions): AsyncGenerator<ProvisionerJobLog> {
    return this.#follow<ProvisionerJobLog>(path`/api/v2/workspacebuilds/${id}/logs`, options);
  }

  /** Yields batches, older lines first, then live ones; ends when the agent no longer belongs to the workspace's latest build. */
  followWorkspaceAgentLogs(agent: string, options?: LogOptions): AsyncGenerator<WorkspaceAgentLog[]> {
    return this.#follow<WorkspaceAgentLog[]>(path`/api/v2/workspaceagents/${agent}/logs`, options);
  }

  /**
   * Streams Terraform's state after a build, of any size, where `getWorkspaceBuildState` returns all of it at once.
   *
   * @returns a size of 0 if there is no state. The stream fails if the server cannot send all of it
   */
  async streamWorkspaceBuildState(
    id: string,
    { signal, ...query }: RequestOptions & { readonly late?: boolean } = {},
  ): Promise<{ readonly sizeBytes: number; readonly content: ReadableStream<Uint8Array> }> {
    const answer = await this.connection.send("GET", path`/api/v2/workspacebuilds/${id}/state`, { signal, query });
    const content = answer.body ?? new ReadableStream({ start: (controller) => controller.close() });
    return { sizeBytes: Number(answer.headers.get("Content-Length") ?? 0), content };
  }

  /** Replaces Terraform's state of a build by one of any size, as `updateWorkspaceBuildState` does with one that is in memory. */
  async sendWorkspaceBuildState(
    id: string,
    content: ReadableStream<Uint8Array>,
    { signal, ...query }: RequestOptions & { readonly force?: boolean; readonly latest?: boolean } = {},
  ): Promise<void> {
    const stream = { content, type: "application/octet-stream" };
    await this.connection.done("PUT", path`/api/v2/workspacebuilds/${id}/state`, { signal, query, stream });
  }

  async *#follow<T>(at: string, { after, signal }: LogOptions = {}): AsyncGenerator<T> {
    for await (const frame of this.connection.frames(at, { signal, query: { follow: true, after } })) yield JSON.parse(frame) as T;
  }
}
