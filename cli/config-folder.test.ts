import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openConfigFolder } from "./config-folder.ts";
import type { CliContext } from "./context.ts";

test("a session file that others could read becomes private, and holds the new session only", async () => {
  const folder = await mkdtemp(join(tmpdir(), "proviso-config-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "session"), "an older and longer session", { mode: 0o644 });
  const config = openConfigFolder({} as CliContext, { globalConfig: folder });
  await config.write("session", "new");
  expect(await readFile(join(folder, "session"), "utf8")).toBe("new");
  expect((await stat(join(folder, "session"))).mode & 0o777).toBe(0o600);
  await config.write("session", "newer");
  expect(await config.read("session")).toBe("newer");
});
