/** A server on a temporary SQLite database, with its first user signed in. Daemons and agents are played by the tests. */
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import pino from "pino";
import { pack } from "tar-stream";
import { Client } from "#sdk/client.ts";
import type { ServerConfig } from "#server/config.ts";
import { type RunningServer, startServer } from "#server/start.ts";

export interface ServerWorld extends AsyncDisposable {
  readonly server: RunningServer;
  readonly url: string;
  /** The owner's. */
  readonly client: Client;
  readonly sessionToken: string;
  /** Everything that the server has logged, as JSON lines. */
  logged(): string;
  /** A request with the owner's token. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

export const OWNER = { email: "ann@example.com", username: "ann", password: "Correct horse 9 battery!" };

export async function openServerWorld(config: Partial<ServerConfig> = {}): Promise<ServerWorld> {
  await using opened = new AsyncDisposableStack();
  const directory = opened.use(await mkdtempDisposable(join(tmpdir(), "proviso-server-")));
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line) => void lines.push(line) });
  const server = opened.use(
    await startServer({
      dataDirectory: directory.path,
      httpAddress: "127.0.0.1:0",
      log,
      rateLimits: { login: 0, files: 0 },
      ...config,
    }),
  );
  const anonymous = new Client(server.url);
  if (!(await anonymous.hasFirstUser())) await anonymous.createFirstUser(OWNER);
  const { session_token: sessionToken } = await anonymous.logIn(OWNER);
  const owned = opened.move();
  return {
    server,
    url: server.url,
    client: new Client(server.url, { sessionToken }),
    sessionToken,
    logged: () => lines.join(""),
    call: (method, path, body, headers) => call(server.url, method, path, body, { "Coder-Session-Token": sessionToken, ...headers }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** @param body bytes go as they are, everything else as JSON */
export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const init: RequestInit = { method, headers, redirect: "manual" };
  if (body !== undefined) init.body = body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body);
  const answer = await fetch(url + path, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A tar of text files. */
export function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer<ArrayBuffer>> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  return buffer(archive) as Promise<Buffer<ArrayBuffer>>;
}
