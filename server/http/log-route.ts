import type { FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import { type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
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
  /** Present, whatever its value: a websocket. */
  follow: Type.Optional(Type.String()),
  format: Type.Optional(Type.Enum(["json", "text"])),
};

/** What a logs route shows, of whatever `Of` stands for: a job, an agent. */
export interface LogSource<Of, Line, Frame> {
  /** For a caller who may read it; whoever may not is refused before any upgrade. */
  find(access: Access, id: string): Promise<Of>;
  list(access: Access, of: Of, after: number): Promise<Line[]>;
  /** Each item becomes a frame. */
  follow(
    access: Access,
    of: Of,
    options: { readonly after: number; readonly signal: AbortSignal; readonly recheck: () => Promise<void> },
  ): AsyncIterable<Frame>;
  /** Rejects when the reader's right has ended. */
  recheck(access: Access, of: Of): Promise<unknown>;
  /** A line of the plain form, without its end. */
  text(line: Line): string;
}

interface LogRoute {
  /** With one parameter, a UUID. */
  readonly url: `/api/v2/${string}/:${string}/logs`;
  readonly needs: readonly Need[];
  /** Of one line in the JSON form. */
  readonly line: TSchema;
  /** The least `after` that is taken; 0 and below mean all. */
  readonly leastAfter: 0 | -1;
}

/** Where the route's own look before the answer leaves what it found. See `createApp`. */
export const LOGS_OF = "logsOf";

/** Logs as a list or, with `follow`, as a websocket. */
export function logRoute<Of, Line, Frame>(
  app: App,
  route: LogRoute & Pick<FastifySchema, "operationId" | "summary" | "tags">,
  source: LogSource<Of, Line, Frame>,
): void {
  const { url, needs, line, leastAfter, ...description } = route;
  const [, parameter = ""] = /:(\w+)\/logs$/.exec(url) ?? [];
  const found = (request: FastifyRequest): Of => request.getDecorator<{ readonly of: Of }>(LOGS_OF).of;
  const params = Type.Object({ [parameter]: Uuid });
  const querystring = Type.Object({ ...followQuery, after: Type.Optional(Type.Integer({ minimum: leastAfter })) });
  app.route({
    method: "GET",
    url,
    config: { needs },
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
      // Fastify has checked it, and types a websocket's request without its schemas.
      const { after = 0 } = Value.Parse(querystring, request.query);
      const { access, renew } = userOf(request);
      const recheck = async (): Promise<void> => void (await source.recheck(await renew(), found(request)));
      await sendFrames(socket, request, (signal) => source.follow(access, found(request), { after: Math.max(after, 0), signal, recheck }));
    },
  });
}

/** @throws HttpError, InvalidInputError: a stream needs an upgrade, and has no other form than JSON */
function refuseFollow(follow: string | undefined, format: "json" | "text", reply: FastifyReply): void {
  if (follow === undefined) return;
  if (format !== "json")
    throw new InvalidInputError("query parameters have invalid values", [{ field: "format", detail: "A stream is JSON only." }]);
  reply.header("Upgrade", "websocket");
  throw new HttpError(426, { message: "Following needs a websocket." });
}
