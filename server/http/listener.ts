/**
 * Serves HTTP/1.1 (REST, WebSockets) and gRPC on one port. It knows neither routes nor services.
 */
import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";

/** The first bytes of every HTTP/2 client with prior knowledge (RFC 9113, section 3.4). No HTTP/1 request begins with them. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n");

export interface SplitOptions {
  /** Called with each HTTP/2 connection, whose first bytes are still unread. */
  readonly takeHttp2: (socket: Socket) => void;
  /** Says of each new connection whether it may stay. It closes those that may not. Default: all may. */
  readonly admit?: (socket: Socket) => boolean;
  /** How long a connection may take to show which protocol it speaks, in milliseconds. Default: 10 000. */
  readonly sniffTimeoutMs?: number;
}

export interface SplitListener {
  /** Closes the connections that have not yet shown their protocol. */
  close(): void;
}

/**
 * Diverts HTTP/2 connections from an HTTP/1.1 server. The server keeps its own address, timeouts and bookkeeping for all others;
 * it counts diverted sockets too, so its `close` ends only when they have ended.
 */
export function splitHttp2(server: HttpServer, { takeHttp2, admit = () => true, sniffTimeoutMs = 10_000 }: SplitOptions): SplitListener {
  const takeHttp1 = server.listeners("connection");
  server.removeAllListeners("connection");
  const undecided = new Set<Socket>();

  server.on("connection", (socket: Socket) => {
    if (!admit(socket)) return;
    undecided.add(socket);
    const timer = setTimeout(() => socket.destroy(), sniffTimeoutMs);
    const release = (): void => {
      clearTimeout(timer);
      undecided.delete(socket);
      socket.off("readable", look).off("end", leave).off("error", release).off("close", release);
    };
    // HTTP servers keep half-open sockets open, but here there is nothing to answer.
    const leave = (): void => {
      socket.destroy();
    };
    let seen: Buffer = Buffer.alloc(0);
    const look = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const length = Math.min(seen.length, PREFACE.length);
      const isPreface = seen.subarray(0, length).equals(PREFACE.subarray(0, length));
      if (isPreface && length < PREFACE.length) return;
      release();
      socket.unshift(seen);
      if (isPreface) {
        // Otherwise a killed peer would look connected for seconds, and the jobs that it waited for would go nowhere.
        socket.allowHalfOpen = false;
        takeHttp2(socket);
      } else for (const listener of takeHttp1) Reflect.apply(listener, server, [socket]);
    };
    socket.on("readable", look).on("end", leave).on("error", release).on("close", release);
  });

  return {
    close() {
      for (const socket of undecided) socket.destroy();
    },
  };
}
