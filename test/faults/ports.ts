import { createServer } from "node:net";

/** Ports of outgoing connections begin here on Linux: a port above could be taken while its server restarts. */
const FIRST_EPHEMERAL = 32_768;
const LOWEST = 15_000;
let next = LOWEST + Math.floor(Math.random() * (FIRST_EPHEMERAL - LOWEST));

/** A port on loopback that nobody listens on, given out once, and free again whenever its server is away. */
export async function reservePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    next = next + 1 >= FIRST_EPHEMERAL ? LOWEST : next + 1;
    if (await isFree(next)) return next;
  }
  throw new Error("no port is free");
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => resolve(true));
  });
  if (listening) await new Promise<void>((resolve) => probe.close(() => resolve()));
  return listening;
}
