import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Numbers of users that belong to nobody else, both ends included. */
export interface UidRange {
  readonly first: number;
  readonly last: number;
}

export interface JobUser extends Disposable {
  readonly uid: number;
}

/**
 * Takes a user for one job: no other job of any daemon on this machine has it until it is disposed of, or until this process ends.
 *
 * @throws if each of them is taken
 */
export async function takeUser({ first, last }: UidRange): Promise<JobUser> {
  for (let uid = first; uid <= last; uid++) {
    const held = await hold(`\0proviso-job-user-${uid}`);
    if (held !== undefined) return { uid, [Symbol.dispose]: () => void held.close() };
  }
  throw new Error(`no user is free for this job: all of ${first}-${last} run other jobs`);
}

/** A socket without a file has one owner at a time, and ends with it. */
async function hold(name: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy()).unref();
  try {
    server.listen(name);
    await once(server, "listening");
    return server;
  } catch {
    return undefined;
  }
}
