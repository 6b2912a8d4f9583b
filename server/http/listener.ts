/**
 * One port for HTTP/1.1 (REST, websockets) and gRPC. Nothing here knows a route or a service.
 */
import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";

/** What every HTTP/2 client with prior knowledge sends first (RFC 9113, section 3.4). No HTTP/1 request begins with it. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n");

export interface SplitOptions {
  /** Gets each HTTP/2 connection, with its first bytes still to be read. */
  readonly takeHttp2: (socket: Socket) => void;
  /** How long a connection may take to show which protocol it speaks, in milliseconds. Default: 10 000. */
  readonly sniffTimeoutMs?: number;
}

export interface SplitListener {
  /** Ends the connections that have not yet shown what they speak. */
  close(): void;
}

/**
 * Diverts HTTP/2 connections of an HTTP/1.1 server. The server keeps its own address, timeouts and bookkeeping for all others;
 * it counts diverted sockets too, so its `close` ends only after they have.
 */
export function splitHttp2(server: HttpServer, { takeHttp2, sniffTimeoutMs = 10_000 }: SplitOptions): SplitListener {
  const takeHttp1 = server.listeners("connection");
  server.removeAllListeners("connection");
  const undecided = new Set<Socket>();

  server.on("connection", (socket: Socket) => {
    undecided.add(socket);
    const timer = setTimeout(() => socket.destroy(), sniffTimeoutMs);
    const release = (): void => {
      clearTimeout(timer);
      undecided.delete(socket);
      socket.off("readable", look).off("end", leave).off("error", release).off("close", release);
    };
    // HTTP servers keep half-open sockets open, and here there is nothing to answer.
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
        // Else a peer that is killed stays connected in our eyes for seconds, and the jobs that it waited for go nowhere.
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
