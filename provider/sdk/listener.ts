import { chmod } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { Server, type ServerCredentials } from "@grpc/grpc-js";

/** The limit of Terraform's own SDK servers; grpc-js would refuse states above 4 MiB. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** `sun_path` holds 108 bytes with its end mark on Linux, 104 on macOS; binding to more fails with a message that does not say so. */
const MAX_SOCKET_PATH_BYTES = 103;

export interface ListenOptions {
  /** Where to bind the unix socket; must not exist. */
  readonly path: string;
  readonly credentials: ServerCredentials;
  /** Adds the services of one connection to its own server. */
  readonly addServices: (server: Server) => void;
  readonly onConnectionClosed?: () => void;
}

/**
 * Listens on a unix socket and gives every connection a gRPC server of its own. Closing ends them all at once and removes the socket.
 *
 * Terraform opens one connection for each provider instance, so state kept per server (the provider's configuration) never mixes two
 * instances, as it would when aliases share one process.
 *
 * @throws RangeError if the path is longer than a socket address holds
 */
export async function listen(options: ListenOptions): Promise<AsyncDisposable> {
  const bytes = Buffer.byteLength(options.path);
  if (bytes > MAX_SOCKET_PATH_BYTES)
    throw new RangeError(`a socket path holds ${MAX_SOCKET_PATH_BYTES} bytes, ${options.path} has ${bytes}: choose a shorter directory`);

  const connections = new Map<Socket, Server | undefined>();
  const serve = (socket: Socket): void => {
    const connection = new Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES, "grpc.enable_channelz": 0 });
    options.addServices(connection);
    connections.set(socket, connection);
    connection.createConnectionInjector(options.credentials).injectConnection(socket);
  };
  const server = createServer((socket) => {
    connections.set(socket, undefined);
    socket.once("close", () => {
      connections.get(socket)?.forceShutdown();
      connections.delete(socket);
      options.onConnectionClosed?.();
    });
    // Without a listener a reset by the peer would end the process; "close" follows and does what is needed.
    socket.on("error", () => {});
    // Before each connection that it uses, a host that reattaches opens one and closes it again: those are not worth a server.
    socket.once("readable", () => {
      if (socket.readableLength > 0) serve(socket);
      else socket.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.path, resolve);
  });
  // Whatever the umask: on Linux only those who may write to the socket can connect.
  await chmod(options.path, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const [socket, connection] of connections) {
        connection?.forceShutdown();
        socket.destroy();
      }
      await closed;
    },
  };
}
