import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const PROGRAM = `
  const database = new (require("better-sqlite3"))(process.argv[1]);
  database.exec("begin exclusive");
  process.stdout.write("held");
  process.stdin.on("end", () => { database.exec("rollback"); database.close(); }).resume();`;

/** Another program that holds the lock of a SQLite database, as a backup does, until it is disposed of. */
export async function holdSqlite(path: string): Promise<AsyncDisposable> {
  const child = spawn(process.execPath, ["-e", PROGRAM, path], {
    cwd: join(import.meta.dirname, ".."),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended.then(() => Promise.reject(new Error("the database could not be locked")))]);
  return {
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
