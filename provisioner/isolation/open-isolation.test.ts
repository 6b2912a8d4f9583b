/** Each way to make a sandbox, forced, with programs that are interrupted, killed, and try to look out. */
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { hasBubblewrap } from "#test/provisioner/has-bubblewrap.ts";
import { processesOf } from "#test/provisioner/processes.ts";
import { runProcess } from "#transport/run-process.ts";
import { openWorkDirectory } from "../terraform/work-directory.ts";
import type { Choice } from "./levels.ts";
import { type IsolationOptions, type Means, openIsolation } from "./open-isolation.ts";

const isLinux = process.platform === "linux";
const isRoot = process.getuid?.() === 0;

const WAYS: readonly { readonly choice: Choice; readonly means: Means }[] = [
  { choice: "namespace", means: "bubblewrap" },
  { choice: "namespace", means: "mounts" },
  { choice: "user", means: "bubblewrap" },
  { choice: "user", means: "mounts" },
  { choice: "process", means: "processes" },
  { choice: "process", means: "descent" },
];

async function world(options: Partial<IsolationOptions> = {}) {
  const directory = await mkdtemp(path.join(tmpdir(), "isolation-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const data = path.join(directory, "data");
  await mkdir(path.join(data, "0"), { recursive: true });
  await writeFile(path.join(data, "key"), "key");
  const log: Record<string, unknown>[] = [];
  const open = (choice: Choice) =>
    openIsolation({
      choice,
      hidden: [data],
      workDirectory: path.join(data, "0"),
      users: { first: 2_000_000_100, last: 2_000_000_101 },
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/" },
      log: pino({}, { write: (line: string) => void log.push(JSON.parse(line)) }),
      ...options,
    });
  return { data, open, log };
}

for (const { choice, means } of WAYS)
  test.skipIf(!isLinux || (choice === "user" && !isRoot) || (means === "bubblewrap" && !hasBubblewrap()))(
    `${choice} by ${means}: exit codes, one interrupt, a wrapper, and an end with nothing left`,
    {
      timeout: 60_000,
    },
    async () => {
      const { data, open } = await world({ means: [means] });
      const isolation = await open(choice);
      expect(isolation).toMatchObject({ level: choice, by: means });
      await using work = await openWorkDirectory(path.join(data, "0"));
      await using job = await isolation.openJob(work);
      const run = async (script: string, { asks = false, kills = false, lock = "" } = {}) => {
        const [interrupt, kill] = [new AbortController(), new AbortController()];
        const env = { PATH: process.env.PATH ?? "", TF_REATTACH_PROVIDERS: `{"a":{"Pid":${process.pid},"Test":true}}` };
        const command = job.wrap(
          { program: "/bin/sh", args: ["-c", script], env },
          { work, installs: false, ...(lock !== "" && { lock }) },
        );
        let said = "";
        const end = await runProcess({
          ...command,
          cwd: work.template,
          stop: { interrupt: interrupt.signal, kill: kill.signal, graceMs: 20_000 },
          afterSignal: "kill",
          onStdout: (bytes) => {
            said += bytes.toString();
            if (!said.includes("ready")) return;
            if (asks) interrupt.abort();
            if (kills) kill.abort();
          },
          onStderr: (bytes) => {
            said += bytes.toString();
          },
        });
        await job.endLeftovers();
        return { code: end.kind === "exited" ? end.code : end.error, said };
      };
      expect(await run('echo "$PWD"; umask; exit 3')).toEqual({ code: 3, said: `${work.template}\n0077\n` });
      // Heard once, however long the answer takes, and its children hear nothing.
      const patient =
        'trap "echo heard; sleep 0.2; exit 5" INT; (trap "echo child heard" INT; sleep 0.4) & echo ready; while :; do sleep 0.02; done';
      expect(await run(patient, { asks: true })).toEqual({ code: 5, said: "ready\nheard\n" });
      const seconds = `200.${Date.now()}`;
      const busy = `trap "" INT TERM; /usr/bin/setsid sleep ${seconds} & sleep ${seconds} & echo ready; wait`;
      expect(await run(busy, { kills: true })).toMatchObject({ said: "ready\n" });
      await expect.poll(() => processesOf(`sleep\0${seconds}`), { timeout: 5_000 }).toEqual([]);
      expect(await run(`sleep ${seconds} >/dev/null 2>&1 & kill -9 $$`)).toMatchObject({ code: undefined });
      await expect.poll(() => processesOf(`sleep\0${seconds}`), { timeout: 5_000 }).toEqual([]);
      if (means === "descent") return;
      // A provider's process is asked for, and in a sandbox there is none but the program itself.
      expect(
        (await run('case $TF_REATTACH_PROVIDERS in *"\\"Pid\\":$$,"*) echo own ;; *) echo "$TF_REATTACH_PROVIDERS" ;; esac')).said,
      ).toBe("own\n");
      const wrapper = "(touch .lock; sleep 0.5; echo done; rm .lock; sleep 60) & sleep 0.1";
      expect(await run(wrapper, { lock: ".lock" })).toEqual({ code: 0, said: "done\n" });
      const sees = await run(
        `[ -e '${data}/key' ] && echo key; ls -A .. 2>/dev/null | sort | tr '\\n' ' '; touch '${data}/0/x' 2>/dev/null && echo wrote; true`,
      );
      if (choice === "process") expect(sees.said).toContain("key");
      else expect(sees).toEqual({ code: 0, said: "run template " });
      expect(existsSync(path.join(data, "0", "x"))).toBe(choice === "process");
    },
  );

test("auto takes the most that works, and warns of what is left", async () => {
  const { open, log } = await world({ means: [] });
  expect(await open("auto")).toMatchObject({ level: "none" });
  expect(log).toMatchObject([{ level: 40, msg: expect.stringMatching(/^jobs run without isolation: code of a template can read/) }]);
  await expect(open("process")).rejects.toThrow("the isolation `process` does not work here: this system has no means for it");
  const { open: openDescent, log: warnings } = await world({ means: ["descent"] });
  if (!isLinux) return;
  expect(await openDescent("auto")).toMatchObject({ level: "process", by: "descent" });
  expect(warnings).toMatchObject([{ level: 40, isolation: "process", msg: expect.stringContaining("little isolation") }]);
});

test.skipIf(!isLinux)("a bubblewrap that does not do its work is not used", async () => {
  const { open, data } = await world();
  const fake = path.join(data, "bin");
  await mkdir(fake);
  await writeFile(path.join(fake, "bwrap"), '#!/bin/sh\nwhile [ "$1" != /bin/sh ]; do shift; done\nexec "$@"\n');
  await chmod(path.join(fake, "bwrap"), 0o755);
  const { open: openFaked } = await world({ env: { PATH: `${fake}:${process.env.PATH ?? ""}`, HOME: "/" }, means: ["bubblewrap"] });
  await expect(openFaked("namespace")).rejects.toThrow(
    "what must be hidden can be seen: work-folder temporary-files processes writable-system",
  );
  expect(await open("none")).toMatchObject({ level: "none" });
});
