/**
 * One of the two servers that http-auth.ts loads, in its own process: `floor <json>` returns that JSON from a bare Fastify handler,
 * `proviso <directory>` is the whole server with one user, who has a token that may only read that user.
 * It prints a line of JSON with its address, answers each line of its standard input with the CPU time that it has used, in microseconds,
 * and ends when its standard input does.
 */
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import Fastify from "fastify";
import { createLog } from "#cli/log.ts";
import { openDatabase } from "#server/database/open-database.ts";
import { createEncryption } from "#server/encryption/envelope.ts";
import { loadKeyFile } from "#server/encryption/key-file.ts";
import { insertApiKey } from "#server/keys/key-rows.ts";
import { createSetup } from "#server/people/set-up.ts";
import { startServer } from "#server/start.ts";

export interface Listening {
  readonly url: string;
  /** Empty for the floor. */
  readonly token: string;
}

const [which, given = ""] = process.argv.slice(2);
const listening = which === "floor" ? await floor(JSON.parse(given)) : await proviso(given);
process.stdout.write(`${JSON.stringify(listening)}\n`);
createInterface(process.stdin)
  .on("line", () => {
    const { user, system } = process.cpuUsage();
    process.stdout.write(`${user + system}\n`);
  })
  .on("close", () => process.exit(0));

async function floor(body: unknown): Promise<Listening> {
  const app = Fastify();
  app.get("/api/v2/users/me", async () => body);
  return { url: await app.listen({ host: "127.0.0.1", port: 0 }), token: "" };
}

async function proviso(dataDirectory: string): Promise<Listening> {
  const log = createLog({ out: process.stderr, format: "json", level: "info" });
  const token = await makeToken(dataDirectory);
  const { url } = await startServer({ dataDirectory, httpAddress: "127.0.0.1:0", log });
  return { url, token };
}

async function makeToken(dataDirectory: string): Promise<string> {
  const encryption = createEncryption([await loadKeyFile(join(dataDirectory, "encryption.key"))]);
  const location = { kind: "sqlite", path: join(dataDirectory, "proviso.db") } as const;
  await using opened = await openDatabase({ database: location, encryption, watched: [], onError: (error) => console.error(error) });
  const { database } = opened;
  const user = await createSetup(database).createFirstUser({
    email: "ann@example.com",
    username: "ann",
    password: "Correct horse 9 battery!",
  });
  const { secret } = await database.write((tx) =>
    insertApiKey(database, tx, {
      userId: user.id,
      loginType: "token",
      tokenName: "bench",
      scopes: ["user:read"],
      allowList: [`user:${user.id}`],
      lifetimeSeconds: 86_400,
    }),
  );
  return secret;
}
