import type { ServerHttp2Stream } from "node:http2";
import type { Server } from "@grpc/grpc-js";

type Handler = (interceptors: unknown, stream: ServerHttp2Stream, headers: unknown) => void;

/**
 * Keeps calls from grpc-js that their client has ended in the packet that began them: it would answer those that are no calls, and Node throws
 * where nobody catches. Before the server's first port or injector.
 */
export function leaveOutResetStreams(server: Server): void {
  const handlers = server as unknown as Record<string, Handler>;
  for (const name of ["_channelzHandler", "_streamHandler"]) {
    const handle = handlers[name];
    if (handle === undefined) throw new Error(`grpc-js has no ${name}: find out what it does with streams that were reset at once`);
    handlers[name] = (interceptors, stream, headers) => {
      if (stream.destroyed || stream.closed) stream.on("error", () => {});
      else handle.call(server, interceptors, stream, headers);
    };
  }
}
