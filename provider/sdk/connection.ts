import { once } from "node:events";
import type { Socket } from "node:net";
import { Server, type ServerCredentials } from "@grpc/grpc-js";
import type { Connection } from "./listener.ts";

/** The limit of Terraform's own SDK servers; grpc-js would refuse states above 4 MiB. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
/** After this the connection is cut. Who drains has less patience. */
const MAX_DRAIN_MS = 60_000;

/** Serves gRPC on one connection, with services of its own. */
export function serveConnection(
  socket: Socket,
  { credentials, addServices }: { readonly credentials: ServerCredentials; readonly addServices: (server: Server) => void },
): Connection {
  const server = new Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES, "grpc.enable_channelz": 0 });
  addServices(server);
  const injector = server.createConnectionInjector(credentials);
  injector.injectConnection(socket);
  return {
    close: () => server.forceShutdown(),
    async drain() {
      if (socket.closed) return;
      const closed = once(socket, "close");
      // Not the server's tryShutdown: it takes a session that is about to close for one that is closed.
      injector.drain(MAX_DRAIN_MS);
      await closed;
    },
  };
}
