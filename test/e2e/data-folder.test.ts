/** One server a data folder, with real processes: the lock is the operating system's, so it ends with its process. */
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startServerProcess } from "./harness/server-process.ts";

test("a second server on the same folder ends with one sentence, and after a kill -9 the next one starts at once", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "proviso-e2e-"));
  const options = { dataDirectory: directory.path, args: ["--provisioner-daemons", "0"] };
  await using first = await startServerProcess(options);
  const refused = startServerProcess(options);
  const sentence = `error: The data folder ${directory.path} is in use by the server with process ID ${first.pid}: stop that server, or choose another folder for this one.`;
  await expect(refused).rejects.toThrow(`the server ended with 1 before it was ready:\n${sentence}\n`);
  await first.stop("SIGKILL");
  await using second = await startServerProcess(options);
  expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
  expect(await second.stop()).toBe(0);
}, 60_000);
