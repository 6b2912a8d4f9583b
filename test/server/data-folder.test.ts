import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import pino from "pino";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { startServer } from "#server/start.ts";
import { openServerWorld, type ServerWorld } from "./server-world.ts";

const log = pino({ level: "silent" });

let parent = "";
let data = "";
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "proviso-data-folder-"));
  data = join(parent, "data");
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
});

function start(more: { databaseUrl?: string } = {}) {
  return startServer({ dataDirectory: data, httpAddress: "127.0.0.1:0", log, ...more });
}

/** Runs something as a user whom the system does not let do everything, if the tests run as root. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  const files = await readdir(data);
  for (const path of [parent, data, ...files.map((file) => join(data, file))]) await chown(path, 65_534, 65_534);
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

test("a second server on a data folder is refused, with SQLite and with PostgreSQL, until the first one ends", async () => {
  const first = await start();
  for (const databaseUrl of [undefined, "postgres://nobody@127.0.0.1:1/none"]) {
    await expect(start(databaseUrl === undefined ? {} : { databaseUrl })).rejects.toThrow(
      `The data folder ${data} is in use by the server with process ID ${process.pid}: stop that server, or choose another folder for this one.`,
    );
  }
  await first[Symbol.asyncDispose]();
  await (await start())[Symbol.asyncDispose]();
});

test("a data folder that may not be written is named, with the cause and what to do", async () => {
  await (await start())[Symbol.asyncDispose]();
  await chmod(data, 0o500);
  await expect(asNobody(() => start())).rejects.toThrow(
    `The data folder ${data} cannot be used because this user has no permission: change its owner or mode, then start again.`,
  );
});

test("an encryption key that may not be read is named", async () => {
  await (await start())[Symbol.asyncDispose]();
  const key = join(data, "encryption.key");
  await chmod(key, 0o000);
  await expect(asNobody(() => start())).rejects.toThrow(
    `The encryption key ${key} cannot be used because this user has no permission: change its owner or mode, then start again.`,
  );
});

test("a database that cannot be opened is named", async () => {
  await mkdir(join(data, "proviso.db"), { recursive: true });
  await expect(start()).rejects.toThrow(`The database ${join(data, "proviso.db")} cannot be used because SQLite cannot open it: check`);
});

test("a database that is none is named", async () => {
  await (await start())[Symbol.asyncDispose]();
  await writeFile(join(data, "proviso.db"), "this is not a database at all, but longer than a header would have to be. ".repeat(20));
  await expect(start()).rejects.toThrow(`The database ${join(data, "proviso.db")} cannot be used because it is not a SQLite database`);
});

function createKey(world: ServerWorld, name: string) {
  return world.call("POST", "/api/v2/users/me/keys/tokens", { token_name: name });
}

test("nothing is written to a folder that has been moved away, and everything goes on when it is back", async () => {
  await using world = await openServerWorld({ dataDirectory: data });
  await rename(data, `${data}-moved`);
  expect(await createKey(world, "lost")).toMatchObject({
    status: 503,
    json: { message: "The database is unavailable: its file is gone." },
  });
  expect((await world.call("GET", "/api/v2/users/me")).status).toBe(200);
  await rename(`${data}-moved`, data);
  expect((await createKey(world, "kept")).status).toBe(201);
});

test("a database that was put in another one's place is not written to", async () => {
  await using world = await openServerWorld({ dataDirectory: data });
  await rename(join(data, "proviso.db"), join(data, "proviso.db.old"));
  await writeFile(join(data, "proviso.db"), "");
  expect(await createKey(world, "lost")).toMatchObject({
    status: 503,
    json: { message: "The database is unavailable: another file is in its place, so the server must be restarted." },
  });
});
