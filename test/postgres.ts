import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresProgram } from "./postgres-program.ts";

/** A real PostgreSQL on loopback, for one test run. Closing it stops the server and deletes its files. */
export interface TestPostgres extends AsyncDisposable {
  /** Of a new, empty database. */
  createDatabase(): Promise<string>;
}

const PASSWORD = "test";

export async function startPostgres(): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), "proviso-postgres-"));
  // As root the server runs as another user, who has to pass through.
  await chmod(directory, 0o755);
  const port = await freePort();
  const log: string[] = [];
  const Postgres = await postgresProgram(directory);
  const server = new Postgres({
    databaseDir: join(directory, "data"),
    port,
    user: "postgres",
    password: PASSWORD,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // These databases live for a minute: nothing of them has to survive a crash, and starting must be quick.
    initdbFlags: ["--no-sync", "--no-locale", "--encoding=UTF8"],
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"],
    onLog: (line) => log.push(String(line)),
    onError: (line) => log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    await rm(directory, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start:\n${log.join("\n")}`, { cause });
  }
  let closing: Promise<void> | undefined;
  return {
    createDatabase: async () => {
      const name = `test_${randomBytes(6).toString("hex")}`;
      await server.createDatabase(name);
      return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${name}`;
    },
    [Symbol.asyncDispose]: () => {
      closing ??= server.stop().then(() => rm(directory, { recursive: true, force: true }));
      return closing;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
