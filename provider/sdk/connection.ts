import type { Socket } from "node:net";
import { Server, type ServerCredentials } from "@grpc/grpc-js";
import type { Connection } from "./listener.ts";

/** The limit of Terraform's own SDK servers; grpc-js would refuse states above 4 MiB. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Serves gRPC on one connection, with services of its own. */
export function serveConnection(
  socket: Socket,
  { credentials, addServices }: { readonly credentials: ServerCredentials; readonly addServices: (server: Server) => void },
): Connection {
  const server = new Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES, "grpc.enable_channelz": 0 });
  addServices(server);
  server.createConnectionInjector(credentials).injectConnection(socket);
  return {
    close: () => server.forceShutdown(),
    drain: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
  };
}
