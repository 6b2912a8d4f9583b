import { type Answer, FIRST_USER, tarOf } from "#test/e2e/harness/api.ts";

/** No answer came: the server is away, or does not answer in time. */
export class GoneError extends Error {
  override readonly name = "GoneError";
  /** Whether the request may still be answered, to nobody. */
  get isTimeout(): boolean {
    return this.cause instanceof Error && this.cause.name === "TimeoutError";
  }
}

const ANSWER_MS = 20_000;

/** The REST API of a server that comes and goes. */
export class Api {
  readonly url: string;
  #token: string | undefined;
  organizationId = "";

  constructor(url: string) {
    this.url = url;
  }

  /** @throws GoneError */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    options: { readonly token?: string; readonly withinMs?: number } = {},
  ): Promise<Answer> {
    const token = options.token ?? this.#token;
    const isRaw = body instanceof Uint8Array;
    try {
      const response = await fetch(`${this.url}/api/v2${path}`, {
        method,
        signal: AbortSignal.timeout(options.withinMs ?? ANSWER_MS),
        headers: {
          ...(token !== undefined && { "Coder-Session-Token": token }),
          ...(body !== undefined && { "Content-Type": isRaw ? "application/x-tar" : "application/json" }),
        },
        ...(body !== undefined && { body: isRaw ? Buffer.from(body) : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
    } catch (cause) {
      throw new GoneError(`no answer to ${method} ${path}`, { cause });
    }
  }

  /** Asks until there is an answer other than that the server cannot answer at the moment. */
  async insist(method: string, path: string, body?: unknown, withinMs = 30_000): Promise<Answer> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const answer = await this.ask(method, path, body).catch((error: unknown) => {
        if (error instanceof GoneError && performance.now() < deadline) return undefined;
        throw error;
      });
      if (answer !== undefined && (answer.status !== 503 || performance.now() > deadline)) return answer;
      await pause(100);
    }
  }

  /** @returns the body. @throws Error for another status than 2xx */
  async get(path: string): Promise<Answer["body"]> {
    return this.#ok("GET", path);
  }

  /** @returns the body. @throws Error for another status than 2xx */
  async post(path: string, body: unknown): Promise<Answer["body"]> {
    return this.#ok("POST", path, body);
  }

  async signUp(): Promise<void> {
    const created = await this.post("/users/first", FIRST_USER);
    this.organizationId = created.organization_id;
    this.#token = (await this.post("/users/login", { email: FIRST_USER.email, password: FIRST_USER.password })).session_token;
  }

  /** @returns the file's ID. */
  async upload(files: Readonly<Record<string, string>>): Promise<string> {
    return (await this.post("/files", await tarOf(files))).hash;
  }

  /** Starts the import of an uploaded template. */
  async createVersion(fileId: string): Promise<Answer["body"]> {
    return this.post(`/organizations/${this.organizationId}/templateversions`, {
      storage_method: "file",
      provisioner: "terraform",
      file_id: fileId,
    });
  }

  /** Starts a build. `generation` replaces all of its resources if it is new. */
  async startBuild(workspaceId: string, transition: "start" | "stop" | "delete", generation: number): Promise<Answer["body"]> {
    return this.post(`/workspaces/${workspaceId}/builds`, {
      transition,
      ...(transition === "start" && { rich_parameter_values: [{ name: "generation", value: String(generation) }] }),
    });
  }

  /**
   * Waits for the end of a job, across every absence of the server.
   *
   * @param path of the build or the version that it is for
   * @returns the object with its ended job, or undefined if it has not ended in time
   */
  async jobEnd(path: string, withinMs: number): Promise<Answer["body"] | undefined> {
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline) {
      const answer = await this.ask("GET", path, undefined, { withinMs: 5_000 }).catch(() => undefined);
      if (answer?.status === 200 && ["succeeded", "failed", "canceled"].includes(answer.body.job.status)) return answer.body;
      await pause(100);
    }
    return undefined;
  }

  async #ok(method: string, path: string, body?: unknown): Promise<Answer["body"]> {
    const answer = await this.insist(method, path, body);
    if (answer.status < 200 || answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
