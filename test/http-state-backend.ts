import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Terraform's `http` backend, as a server in this process: one state for each path, with locks. */
export class HttpStateBackend implements AsyncDisposable {
  /** What the backend was asked, in order: `POST /one`. */
  readonly requests: string[] = [];
  readonly #states = new Map<string, Buffer>();
  readonly #locks = new Map<string, Buffer>();
  /** While set, writing a state fails. */
  isReadOnly = false;
  readonly #server = createServer((request, response) => {
    void this.#answer(request, response);
  });

  static async start(): Promise<HttpStateBackend> {
    const backend = new HttpStateBackend();
    backend.#server.listen(0, "127.0.0.1");
    await once(backend.#server, "listening");
    return backend;
  }

  /** @param name part of the path, one for each state */
  address(name: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`;
  }

  /** The block of a template, in HCL. */
  block(name: string, more = ""): string {
    const address = this.address(name);
    return `terraform {
  backend "http" {
    address        = "${address}"
    lock_address   = "${address}"
    unlock_address = "${address}"
    ${more}
  }
}
`;
  }

  /** The state of that name, parsed. */
  state(name: string): { serial: number; lineage: string; resources: { mode: string; name: string }[] } | undefined {
    const bytes = this.#states.get(`/${name}`);
    return bytes === undefined ? undefined : JSON.parse(bytes.toString("utf8"));
  }

  /** Names of the managed resources in the state of that name. */
  resources(name: string): string[] {
    const managed = this.state(name)?.resources.filter(({ mode }) => mode === "managed") ?? [];
    return managed.map((resource) => resource.name).sort();
  }

  put(name: string, state: unknown): void {
    this.#states.set(`/${name}`, Buffer.from(JSON.stringify(state)));
  }

  remove(name: string): void {
    this.#states.delete(`/${name}`);
  }

  isLocked(name: string): boolean {
    return this.#locks.has(`/${name}`);
  }

  unlock(name: string): void {
    this.#locks.delete(`/${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const path = new URL(request.url ?? "/", "http://backend").pathname;
    this.requests.push(`${request.method} ${path}`);
    const { status, answer } = this.#handle(request.method ?? "", path, body);
    response.writeHead(status).end(answer);
  }

  #handle(method: string, path: string, body: Buffer): { readonly status: number; readonly answer?: Buffer | undefined } {
    switch (method) {
      case "GET":
        return this.#states.has(path) ? { status: 200, answer: this.#states.get(path) } : { status: 404 };
      case "POST":
        if (this.isReadOnly) return { status: 507 };
        this.#states.set(path, body);
        return { status: 200 };
      case "DELETE":
        this.#states.delete(path);
        return { status: 200 };
      case "LOCK":
        if (this.#locks.has(path)) return { status: 423, answer: this.#locks.get(path) };
        this.#locks.set(path, body);
        return { status: 200 };
      case "UNLOCK":
        this.#locks.delete(path);
        return { status: 200 };
      default:
        return { status: 405 };
    }
  }
}
