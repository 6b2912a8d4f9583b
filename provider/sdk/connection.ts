import { once } from "node:events";
import type { Socket } from "node:net";
import { Server, type ServerCredentials } from "@grpc/grpc-js";
import type { Connection } from "./listener.ts";

/** The limit of the servers in Terraform's own SDK. By default, grpc-js would refuse states above 4 MiB. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
/** The connection is cut after this time. Callers that drain wait less. */
const MAX_DRAIN_MS = 60_000;

/** Serves gRPC on one connection, with separate services. */
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
      // Does not use the server's tryShutdown, which mistakes a session that is about to close for a closed one.
      injector.drain(MAX_DRAIN_MS);
      await closed;
    },
  };
}
