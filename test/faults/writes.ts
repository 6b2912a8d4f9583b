import { setTimeout as sleep } from "node:timers/promises";
import { type Api, GoneError } from "./api.ts";

/** Small writes to one value, each larger than the one before it. */
export interface Writes {
  /** The largest value that the server took. */
  readonly acknowledged: number;
  /** The largest value that was sent. */
  readonly sent: number;
  /** Answers that are neither a success nor a refusal for the moment. */
  readonly strange: readonly string[];
}

export interface Writing {
  /** Ends the writes, and returns what became of them. */
  stop(): Promise<Writes>;
}

const EVERY_MS = 120;
const ANSWER_MS = 4_000;

/**
 * Writes one after another until it is stopped, whether the server is there or not. An answer that does not come in time ends the writes:
 * what was asked then may still be done, after a later write, and the largest value would no longer have to win.
 *
 * @param from the first value
 */
export function startWriting(api: Api, from: number): Writing {
  let [isStopped, acknowledged, sent] = [false, from - 1, from - 1];
  const strange: string[] = [];
  const write = async (value: number): Promise<void> => {
    try {
      const { status, body } = await api.ask("PUT", "/users/me/profile", { username: "ada", name: `n${value}` }, { withinMs: ANSWER_MS });
      if (status === 200) acknowledged = value;
      else if (status !== 503) strange.push(`${status} ${JSON.stringify(body)}`);
    } catch (error) {
      if (!(error instanceof GoneError)) throw error;
      if (error.isTimeout) isStopped = true;
    }
  };
  const writing = (async () => {
    while (!isStopped) {
      sent += 1;
      await write(sent);
      await sleep(EVERY_MS);
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await writing;
      return { acknowledged, sent, strange };
    },
  };
}

/** The value that the server has. */
export async function readWritten(api: Api): Promise<number> {
  return Number(/^n(\d+)$/.exec((await api.get("/users/me")).name)?.[1] ?? -1);
}
