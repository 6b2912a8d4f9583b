import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { StatusError } from "#proto/status.ts";
import type { Journal } from "./journal.ts";
import { type RescueDeps, rescueJobs } from "./rescue.ts";
import { writeStateCopy } from "./terraform/state-copy.ts";

const SERVER = "http://127.0.0.1:3000";
const NEVER = new AbortController().signal;
/** No process has this number. */
const DEAD = 4_194_303;
const STATE = JSON.stringify({ version: 4, serial: 3, lineage: "l", outputs: {}, resources: [{ name: "a" }] });

async function world() {
  const work = await mkdtemp(path.join(tmpdir(), "rescue-unit-"));
  onTestFinished(() => rm(work, { recursive: true, force: true }));
  const failed: { error: string; state: string }[] = [];
  const answer = { refusal: undefined as StatusError | undefined, canceled: false };
  const client = {
    updateJob: async () => ({ canceled: answer.canceled }),
    failJob: async (job: { error?: string; type?: { value?: { state?: Uint8Array } } }) => {
      if (answer.refusal !== undefined) throw answer.refusal;
      failed.push({ error: job.error ?? "", state: Buffer.from(job.type?.value?.state ?? []).toString() });
      return {};
    },
  } as unknown as RescueDeps["client"];
  const deps: RescueDeps = { client, key: "key", serverUrl: SERVER, workDirectory: work, log: pino({ level: "silent" }) };
  /** A directory that a dead daemon left behind, with a state unless it is told otherwise. */
  const leave = async (more: { pid?: number; journal?: Partial<Journal>; host?: string; state?: string } = {}) => {
    const { pid = DEAD, journal = {}, host = hostname().replace(/[^A-Za-z0-9.]/g, "_"), state = STATE } = more;
    const root = path.join(work, `job-${host}-${pid}-aaaaaa`);
    await mkdir(path.join(root, "template"), { recursive: true });
    const facts: Journal = {
      version: 1,
      jobId: "job",
      kind: "workspaceBuild",
      daemon: "mortal",
      server: SERVER,
      workspace: "ada/box",
      owner: { pid: DEAD, birth: "then" },
      isApplying: true,
      ...journal,
    };
    await writeFile(path.join(root, "job.json"), JSON.stringify(facts));
    await writeFile(path.join(root, "template", "terraform.tfstate"), state);
    return root;
  };
  return { work, failed, answer, deps, leave };
}

const jobsIn = async (work: string) => (await readdir(work)).filter((name) => name.startsWith("job-"));

test("hands up the state, and then the directory goes", async () => {
  const { work, failed, deps, leave } = await world();
  await leave();
  await rescueJobs(deps, NEVER);
  expect(failed).toEqual([{ error: expect.stringContaining("the state that it had written was kept"), state: STATE }]);
  expect(await jobsIn(work)).toEqual([]);
});

test("a state that was cut off while Terraform wrote it is replaced by the last complete one, if there is a copy of that", async () => {
  const { failed, deps, leave } = await world();
  const cutOff = STATE.slice(0, 40);
  await writeStateCopy(await leave({ state: cutOff }), Buffer.from(STATE));
  await rescueJobs(deps, NEVER);
  await writeFile(path.join(await leave({ state: cutOff }), "last-complete.tfstate"), cutOff);
  await rescueJobs(deps, NEVER);
  expect(failed).toEqual([
    { error: expect.stringContaining("left no complete state: the one before was kept"), state: STATE },
    { error: expect.stringContaining("left no complete state: the last one that the server has was kept"), state: "" },
  ]);
});

test("a copy counts only if Terraform's own file is incomplete", async () => {
  const { failed, deps, leave } = await world();
  await writeStateCopy(await leave(), Buffer.from(STATE.replace('"serial":3', '"serial":2')));
  await rescueJobs(deps, NEVER);
  expect(failed).toMatchObject([{ state: STATE }]);
});

test("a job that was canceled has no error", async () => {
  const { failed, deps, answer, leave } = await world();
  answer.canceled = true;
  await leave();
  await rescueJobs(deps, NEVER);
  expect(failed).toEqual([{ error: "", state: STATE }]);
});

test("keeps the directory if anything goes wrong on the way: there may be no other copy", async () => {
  const { work, failed, deps, leave } = await world();
  const root = await leave();
  // Neither the state nor anything else of this name can be read.
  await rm(path.join(root, "template", "terraform.tfstate"));
  await mkdir(path.join(root, "ending.bin"));
  const broken = { ...deps, client: { ...deps.client, failJob: () => Promise.reject(new TypeError("a bug")) } };
  const giveUp = AbortSignal.timeout(300);
  await rescueJobs(broken, giveUp);
  expect(failed).toEqual([]);
  expect(await jobsIn(work)).toHaveLength(1);
});

test("a state that the server refuses for good is in a file before the directory goes", async () => {
  const { work, deps, answer, leave } = await world();
  answer.refusal = new StatusError("PERMISSION_DENIED", "no");
  await leave();
  await rescueJobs(deps, NEVER);
  expect(await readdir(work)).toEqual(["undelivered-job.tfstate"]);
});

test("another server never sees the state, but the server that owns the folder takes it, whatever its port is now", async () => {
  const { work, failed, deps, leave } = await world();
  await leave({ journal: { server: "https://other.example.com" } });
  await rescueJobs(deps, NEVER);
  expect([failed.length, (await jobsIn(work)).length]).toEqual([0, 1]);
  await rescueJobs({ ...deps, isExclusive: true }, NEVER);
  expect([failed.length, (await jobsIn(work)).length]).toEqual([1, 0]);
});

test("a directory of another host is left for a while, unless nobody else uses the folder", async () => {
  const { failed, deps, leave } = await world();
  await leave({ host: "elsewhere" });
  await rescueJobs(deps, NEVER);
  expect(failed).toEqual([]);
  await rescueJobs({ ...deps, isExclusive: true }, NEVER);
  expect(failed).toHaveLength(1);
});

test("a directory that a living daemon has just adopted stays with it", async () => {
  const { failed, deps, leave } = await world();
  await leave({ pid: process.ppid });
  await rescueJobs(deps, NEVER);
  expect(failed).toEqual([]);
});

test("what a template puts in the place of a state is no state, and holds nobody up", async () => {
  const { failed, deps, leave } = await world();
  const root = await leave();
  execFileSync("mkfifo", [path.join(root, "template", "errored.tfstate")]);
  expect(existsSync(root)).toBe(true);
  await rescueJobs(deps, NEVER);
  expect(failed).toEqual([{ error: expect.any(String), state: STATE }]);
});
