import { connect, createServer, type Socket } from "node:net";
import { reservePort } from "./ports.ts";

/**
 * - `silent`: nothing arrives any more in either direction, and nobody is told, as when a cable is cut; what was sent arrives afterward
 * - `deaf`: what the client sends still arrives, and no answer comes back
 * - `reset`: all connections break, and new ones are refused
 */
export type Cut = "silent" | "deaf" | "reset";

export interface Link extends AsyncDisposable {
  readonly url: string;
  cut(how: Cut): void;
  /** Lets everything through again, at first what has waited. */
  mend(): void;
}

/** Stands between a daemon and a port on loopback. Its client sees a refused connection while nobody listens there. */
export async function startLink(target: number): Promise<Link> {
  let state: Cut | "open" = "open";
  const pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  const hold = ({ client, server }: { readonly client: Socket; readonly server: Socket }): void => {
    if (state === "silent") client.pause();
    else client.resume();
    if (state === "silent" || state === "deaf") server.pause();
    else server.resume();
  };
  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    if (state === "reset") {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    const pair = { client, server };
    pairs.add(pair);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on("data", (bytes) => {
        if (!to.write(bytes)) {
          from.pause();
          to.once("drain", () => hold(pair));
        }
      });
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        pairs.delete(pair);
        to.destroy();
      });
    }
    server.once("connect", () => hold(pair));
  });
  const port = await reservePort();
  await new Promise<void>((resolve) => listener.listen(port, "127.0.0.1", resolve));
  const apply = (next: Cut | "open"): void => {
    state = next;
    for (const pair of pairs) {
      if (next === "reset") {
        pair.client.resetAndDestroy();
        pair.server.resetAndDestroy();
      } else hold(pair);
    }
  };
  return {
    url: `http://127.0.0.1:${port}`,
    cut: apply,
    mend: () => apply("open"),
    async [Symbol.asyncDispose]() {
      apply("reset");
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  };
}
