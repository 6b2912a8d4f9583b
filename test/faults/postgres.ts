import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { postgresProgram } from "#test/postgres-program.ts";
import { reservePort } from "./ports.ts";
import { readProcesses, signalIfThere } from "./process-table.ts";

/** A PostgreSQL that can go away and come back with its data, as it does when it crashes or is restarted. */
export interface Cluster extends AsyncDisposable {
  readonly url: string;
  /** Kills it with everything that it started. */
  kill(): Promise<void>;
  /** Ends it as an administrator does, who does not wait for connections. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const PASSWORD = "test";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The package ends this whole process on a signal, which is not its to do: the walk has programs to end. */
async function withoutSignalHandlers<T>(load: () => Promise<T>): Promise<T> {
  const before = new Set(SIGNALS.flatMap((signal) => process.listeners(signal)));
  const loaded = await load();
  for (const signal of SIGNALS)
    for (const listener of process.listeners(signal)) if (!before.has(listener)) process.removeListener(signal, listener);
  return loaded;
}

/** @param parent the cluster's folder is made in it */
export async function startCluster(parent: string): Promise<Cluster> {
  const directory = await mkdtemp(join(parent, "postgres-"));
  // As root the server runs as another user, who has to pass through.
  await chmod(directory, 0o755);
  const port = await reservePort();
  const log: string[] = [];
  const Postgres = await withoutSignalHandlers(() => postgresProgram(directory));
  const data = join(directory, "data");
  const server = new Postgres({
    databaseDir: data,
    port,
    user: "postgres",
    password: PASSWORD,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--no-sync", "--no-locale", "--encoding=UTF8"],
    // Processes are killed here, the machine never is: what was handed to the kernel survives, so nothing has to wait for the disk.
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=16MB"],
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  });
  const start = async (): Promise<void> => {
    try {
      await server.start();
    } catch (cause) {
      throw new Error(`PostgreSQL did not start:\n${log.slice(-20).join("\n")}`, { cause });
    }
  };
  await server.initialise();
  await start();
  await server.createDatabase("faults");
  let isThere = true;
  const gone = async (pids: readonly number[]): Promise<void> => {
    isThere = false;
    while (readProcesses().some(({ pid }) => pids.includes(pid))) await sleep(10);
  };
  const postmaster = async (): Promise<number> => Number((await readFile(join(data, "postmaster.pid"), "utf8")).split("\n")[0]);
  const stop = async (): Promise<void> => {
    if (!isThere) return;
    isThere = false;
    // The package waits for ever for the end of one that has ended by itself.
    const pid = await postmaster().catch(() => 0);
    if (readProcesses().some((each) => each.pid === pid)) await server.stop();
  };
  return {
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/faults`,
    kill: async () => {
      const main = await postmaster();
      const pids = readProcesses()
        .filter(({ pid, parent }) => pid === main || parent === main)
        .map(({ pid }) => pid);
      for (const pid of pids) signalIfThere(pid, "SIGKILL");
      await gone(pids);
    },
    stop,
    start: async () => {
      await start();
      isThere = true;
    },
    async [Symbol.asyncDispose]() {
      // One that was killed has to come back before its program can end it.
      if (!isThere) await start();
      isThere = true;
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
