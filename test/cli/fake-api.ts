/**
 * A server on loopback with canned answers, for the tests next to the commands: they check a command's requests and output. The tests of
 * whole sessions in this folder check that the real server answers like this.
 */
import fastifyWebsocket from "@fastify/websocket";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { type CliRun, type CliRunOptions, runCli } from "./run-cli.ts";

export interface Asked {
  /** Method and path below `/api/v2`, such as `PUT /users/ada/roles`. */
  readonly request: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed from JSON; a Buffer for anything else. */
  readonly body: unknown;
  /** The session or token of the request. */
  readonly token: string | undefined;
}

/** By {@link Asked.request}: the JSON of a success, or {@link refuse}. `FOLLOW` stands for a websocket, with one frame per element. */
export type Answers = Readonly<Record<string, unknown>>;

export interface FakeApi extends AsyncDisposable {
  readonly url: string;
  /** All requests, in order. */
  readonly asked: readonly Asked[];
  /** The requests that change something, with their bodies. */
  changes(): Array<readonly [request: string, body: unknown]>;
  /** The query of the only request of this form. */
  queryOf(request: string): Readonly<Record<string, string>> | undefined;
  /** Runs a command in this process, with {@link TOKEN} as its session. */
  run(args: readonly string[], options?: CliRunOptions): Promise<CliRun>;
}

export const TOKEN = "session-of-the-test";

class Refusal {
  readonly status: number;
  readonly body: object;
  constructor(status: number, body: object) {
    this.status = status;
    this.body = body;
  }
}

export function refuse(status: number, message: string, more: { detail?: string; validations?: readonly object[] } = {}): unknown {
  return new Refusal(status, { message, ...more });
}

/** A request without an answer returns 404, as a real server does for what does not exist. */
export async function startFakeApi(answers: Answers): Promise<FakeApi> {
  const asked: Asked[] = [];
  const app = fastify({ forceCloseConnections: true });
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  await app.register(fastifyWebsocket);

  const handler = (request: FastifyRequest, reply: FastifyReply): unknown => {
    const answer = answers[note(asked, request).request] ?? refuse(404, "Resource not found.");
    return answer instanceof Refusal ? reply.code(answer.status).send(answer.body) : reply.send(answer);
  };
  app.route({
    method: "GET",
    url: "/*",
    handler,
    wsHandler: (socket, request) => {
      const frames = answers[note(asked, request).request.replace("GET", "FOLLOW")];
      for (const frame of Array.isArray(frames) ? frames : []) socket.send(JSON.stringify(frame));
      socket.close(1000);
    },
  });
  app.route({ method: ["POST", "PUT", "PATCH", "DELETE"], url: "/*", handler });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });

  return {
    url,
    asked,
    changes: () => asked.filter(({ request }) => !request.startsWith("GET ")).map(({ request, body }) => [request, body] as const),
    queryOf: (request) => asked.find((each) => each.request === request)?.query,
    run: (args, options = {}) => runCli(args, { ...options, env: { CODER_URL: url, CODER_SESSION_TOKEN: TOKEN, ...options.env } }),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

function note(asked: Asked[], request: FastifyRequest): Asked {
  const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
  const token = request.headers["coder-session-token"];
  const each: Asked = {
    request: `${request.method} ${pathname.replace(/^\/api\/v2/, "")}`,
    query: Object.fromEntries(searchParams),
    body: request.body ?? undefined,
    token: typeof token === "string" ? token : undefined,
  };
  asked.push(each);
  return each;
}
