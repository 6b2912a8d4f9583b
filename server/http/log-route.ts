import type { FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import { type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { Text } from "#sdk/limits.ts";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import type { Access } from "../access/access.ts";
import { InvalidInputError } from "../errors.ts";
import { accessOf, userOf } from "./authenticate.ts";
import type { App } from "./fastify-app.ts";
import { HttpError } from "./http-error.ts";
import type { Need } from "./needs.ts";
import { sendFrames } from "./socket.ts";

const followQuery = {
  /** If present, whatever its value: a WebSocket. */
  follow: Type.Optional(Text("name")),
  format: Type.Optional(Type.Enum(["json", "text"])),
};

/** The source of a logs route, for whatever `Of` stands for: a job, an agent. */
export interface LogReader<Of, Line, Frame> {
  /** Called on behalf of the caller; a caller who may not read it is refused before any upgrade. */
  find(access: Access, id: string): Promise<Of>;
  list(access: Access, of: Of, after: number): Promise<Line[]>;
  /** Each item becomes a frame. */
  follow(
    access: Access,
    of: Of,
    options: { readonly after: number; readonly signal: AbortSignal; readonly recheck: () => Promise<void> },
  ): AsyncIterable<Frame>;
  /** Rejects if the reader no longer has the right. */
  recheck(access: Access, of: Of): Promise<unknown>;
  /** Formats a line as plain text, without a line end. */
  text(line: Line): string;
}

interface LogRoute {
  /** Has one parameter, a UUID. */
  readonly url: `/api/v2/${string}/:${string}/logs`;
  readonly needs: readonly Need[];
  /** The schema of one line in the JSON form. */
  readonly line: TSchema;
  /** The smallest `after` that is accepted; 0 and below mean all. */
  readonly leastAfter: 0 | -1;
}

/** The property in which the route's check before the answer leaves what it found. See `createApp`. */
export const LOGS_OF = "logsOf";

/** Serves logs as a list or, with `follow`, over a WebSocket. */
export function logRoute<Of, Line, Frame>(
  app: App,
  route: LogRoute & Pick<FastifySchema, "operationId" | "summary" | "tags">,
  source: LogReader<Of, Line, Frame>,
): void {
  const { url, needs, line, leastAfter, ...description } = route;
  const [, parameter = ""] = /:(\w+)\/logs$/.exec(url) ?? [];
  const found = (request: FastifyRequest): Of => request.getDecorator<{ readonly of: Of }>(LOGS_OF).of;
  const params = Type.Object({ [parameter]: Uuid });
  const querystring = Type.Object({ ...followQuery, after: Type.Optional(Type.Integer({ minimum: leastAfter })) });
  app.route({
    method: "GET",
    url,
    config: { needs, ignores: ["before", "no_compression"] },
    schema: {
      ...description,
      produces: ["application/json", "text/plain"],
      params,
      querystring,
      response: { 200: Type.Union([Type.Array(line), Type.String()]), 426: Response },
    },
    preHandler: async (request) => {
      const id = Value.Parse(params, request.params)[parameter] ?? "";
      request.setDecorator(LOGS_OF, { of: await source.find(accessOf(request), id) });
    },
    handler: async (request, reply) => {
      const { after = 0, follow, format = "json" } = request.query;
      refuseFollow(follow, format, reply);
      const lines = await source.list(accessOf(request), found(request), Math.max(after, 0));
      if (format === "json") return reply.send(lines);
      return reply.type("text/plain; charset=utf-8").send(lines.map((one) => `${source.text(one)}\n`).join(""));
    },
    wsHandler: async (socket, request) => {
      // Fastify has checked it, but types a WebSocket's request without its schemas.
      const { after = 0 } = Value.Parse(querystring, request.query);
      const { access, renew } = userOf(request);
      const recheck = async (): Promise<void> => void (await source.recheck(await renew(), found(request)));
      await sendFrames(socket, request, (signal) => source.follow(access, found(request), { after: Math.max(after, 0), signal, recheck }));
    },
  });
}

/** @throws HttpError, InvalidInputError: a stream requires an upgrade, and is always JSON */
function refuseFollow(follow: string | undefined, format: "json" | "text", reply: FastifyReply): void {
  if (follow === undefined) return;
  if (format !== "json")
    throw new InvalidInputError("query parameters have invalid values", [
      { field: "format", detail: "A stream is always JSON: leave this parameter out." },
    ]);
  reply.header("Upgrade", "websocket");
  throw new HttpError(426, { message: "Following logs requires a WebSocket: open one, or leave out `follow`." });
}
