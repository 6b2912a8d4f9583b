import { once } from "node:events";
import { chmodSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";

/** `sun_path` has 108 bytes with its terminator on Linux, 104 on macOS; binding a longer path fails with an unclear message. */
const MAX_SOCKET_PATH_BYTES = 103;
const LOOPBACK = "127.0.0.1";

export type ListenAt =
  /** The path must not exist. */
  | { readonly network: "unix"; readonly path: string }
  /** The first free port of the range, on the loopback address: any user of the machine may connect to it. */
  | { readonly network: "tcp"; readonly minPort: number; readonly maxPort: number };

/** What serves one connection. */
export interface Connection {
  /** Ends it at once. Calling it twice is harmless. */
  close(): void;
  /** Accepts no new calls, and resolves when the running calls are answered. */
  drain(): Promise<void>;
}

export interface ListenOptions {
  readonly at: ListenAt;
  /** Takes over a connection that has sent data. A rejection closes the connection. */
  readonly serve: (socket: Socket) => Promise<Connection> | Connection;
  readonly onConnectionClosed?: () => void;
}

/** Disposing ends every connection at once and removes the socket. */
export interface Listener extends AsyncDisposable {
  readonly network: "unix" | "tcp";
  /** A socket's path, or host and port. */
  readonly address: string;
  /** Accepts no new connections or calls, and resolves when all running calls are answered. */
  drain(): Promise<void>;
}

/**
 * Listens, and gives every connection its own server.
 *
 * Terraform opens one connection for each provider instance, so state kept per connection (the provider's configuration) never mixes two
 * instances, as it would when aliases share one process.
 *
 * @throws RangeError if the path is too long for a socket address, or if no port in the range is free
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
    // Without a listener, a reset by the peer would end the process; "close" follows and does the cleanup.
    socket.on("error", () => {});
    // A host that reattaches opens and closes an extra connection before each one that it uses; these need no server.
    socket.once("readable", () => {
      if (socket.readableLength > 0) void serve(socket);
      else socket.destroy();
    });
  });
  const { at } = options;
  const address = at.network === "unix" ? await bindPath(server, at.path) : await bindPort(server, at);
  // If a connection cannot be accepted (too many open files), the peer can try again; this must not end the process.
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
  // Independent of the umask: on Linux, only users who may write to the socket can connect. Loading the promise API would slow the start.
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

/** Windows reserves whole ranges of ports for itself, and reports them with EACCES. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES");
}
