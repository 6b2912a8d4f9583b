import { once } from "node:events";
import { chmodSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";

/** `sun_path` holds 108 bytes with its end mark on Linux, 104 on macOS; binding to more fails with a message that does not say so. */
const MAX_SOCKET_PATH_BYTES = 103;
const LOOPBACK = "127.0.0.1";

export type ListenAt =
  /** The path must not exist. */
  | { readonly network: "unix"; readonly path: string }
  /** The first free port of the range, on the loopback address: any user of the machine may connect to it. */
  | { readonly network: "tcp"; readonly minPort: number; readonly maxPort: number };

/** What serves one connection. */
export interface Connection {
  /** Ends it at once; harmless twice. */
  close(): void;
  /** Takes no new calls, and resolves when those that run are answered. */
  drain(): Promise<void>;
}

export interface ListenOptions {
  readonly at: ListenAt;
  /** Takes over a connection that has said something. A rejection closes the connection. */
  readonly serve: (socket: Socket) => Promise<Connection> | Connection;
  readonly onConnectionClosed?: () => void;
}

/** Disposing ends every connection at once and removes the socket. */
export interface Listener extends AsyncDisposable {
  readonly network: "unix" | "tcp";
  /** A socket's path, or host and port. */
  readonly address: string;
  /** Takes no new connections and calls, and resolves when all calls that run are answered. */
  drain(): Promise<void>;
}

/**
 * Listens, and gives every connection a server of its own.
 *
 * Terraform opens one connection for each provider instance, so state kept per connection (the provider's configuration) never mixes two
 * instances, as it would when aliases share one process.
 *
 * @throws RangeError if the path is longer than a socket address holds, or no port of the range is free
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const connections = new Map<Socket, Connection | undefined>();
  const serve = async (socket: Socket): Promise<void> => {
    try {
      const connection = await options.serve(socket);
      if (connections.has(socket)) connections.set(socket, connection);
      else connection.close();
    } catch {
      socket.destroy();
    }
  };
  const server = createServer((socket) => {
    connections.set(socket, undefined);
    socket.once("close", () => {
      connections.get(socket)?.close();
      connections.delete(socket);
      options.onConnectionClosed?.();
    });
    // Without a listener a reset by the peer would end the process; "close" follows and does what is needed.
    socket.on("error", () => {});
    // Before each connection that it uses, a host that reattaches opens one and closes it again: those are not worth a server.
    socket.once("readable", () => {
      if (socket.readableLength > 0) void serve(socket);
      else socket.destroy();
    });
  });
  const { at } = options;
  const address = at.network === "unix" ? await bindPath(server, at.path) : await bindPort(server, at);
  // A connection that could not be accepted (too many open files) is the peer's to try again; it must not end the process.
  server.on("error", () => {});
  return {
    network: at.network,
    address,
    async drain() {
      server.close();
      await Promise.all(connections.values().map((connection) => connection?.drain()));
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const [socket, connection] of connections) {
        connection?.close();
        socket.destroy();
      }
      await closed;
    },
  };
}

async function bindPath(server: Server, path: string): Promise<string> {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_SOCKET_PATH_BYTES)
    throw new RangeError(`a socket path holds ${MAX_SOCKET_PATH_BYTES} bytes, ${path} has ${bytes}: choose a shorter directory`);
  await bind(server, () => server.listen(path));
  // Whatever the umask: on Linux only those who may write to the socket can connect. Not by a promise: loading those costs a plugin's start.
  chmodSync(path, 0o600);
  return path;
}

async function bindPort(server: Server, { minPort, maxPort }: { readonly minPort: number; readonly maxPort: number }): Promise<string> {
  for (let port = minPort; port <= maxPort; port++) {
    try {
      await bind(server, () => server.listen(port, LOOPBACK));
      return `${LOOPBACK}:${port}`;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  throw new RangeError(`no port from ${minPort} to ${maxPort} is free on ${LOOPBACK}`);
}

async function bind(server: Server, start: () => void): Promise<void> {
  const bound = once(server, "listening");
  start();
  await bound;
}

/** Windows keeps whole ranges of ports for itself, which it says with EACCES. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES");
}
