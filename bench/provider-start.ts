/**
 * Measures the provider's executable as a process: the time from its start to the line that Terraform waits for, compared with Node that
 * does nothing, and its peak memory while Terraform plans. Run: `node bench/provider-start.ts [rounds]`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { buildExecutable } from "#provider/release/executable.ts";
import { makeServerCertificate } from "#provider/sdk/certificate.ts";
import { openProjects, WITH } from "./provider-project.ts";
import { alternate, median, printSamples } from "./report.ts";

const ROUNDS = Number(process.argv[2] ?? 31);
const WARM_UP_ROUNDS = 5;
const GOAL_START = 3;
const GOAL_PEAK_MB = 95;
const PLANS = 5;

const { path: executable } = await buildExecutable();
/** The environment that Terraform sets, with a certificate, so that the plugin creates one, too. */
const handshakeEnv = {
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  PLUGIN_PROTOCOL_VERSIONS: "5,6",
  PLUGIN_CLIENT_CERT: makeServerCertificate(Date.now()).pem,
};

async function timeToEnd(command: string, args: readonly string[]): Promise<number> {
  const started = performance.now();
  await once(spawn(command, args, { stdio: "ignore" }), "close");
  return performance.now() - started;
}

async function timeToHandshake(command: string): Promise<number> {
  const started = performance.now();
  const child = spawn(command, { env: { ...process.env, ...handshakeEnv }, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  const time = performance.now() - started;
  if (!String(line).startsWith("1|6|")) throw new Error(`no handshake: ${line}`);
  child.kill("SIGTERM");
  await once(child, "close");
  return time;
}

const ways = {
  "node -e 0": () => timeToEnd(process.execPath, ["-e", "0"]),
  "executable, to its handshake": () => timeToHandshake(executable),
};
await alternate(ways, WARM_UP_ROUNDS);
const samples = await alternate(ways, ROUNDS);
printSamples("start", samples);
const [floor = Number.NaN, start = Number.NaN] = samples.map(({ times }) => median(times));
console.log(`handshake / node -e 0 = ${(start / floor).toFixed(2)} (goal: at most ${GOAL_START})`);

if (process.platform === "linux") {
  using projects = openProjects();
  const directory = projects.add("plan", WITH);
  const installed = join(projects.root, basename(executable));
  // Copied the way Terraform unpacks it: how much of a program is resident depends on how it is laid out in the page cache.
  await pipeline(createReadStream(executable), createWriteStream(installed, { mode: 0o755 }));
  const plan = projects.plan(directory, projects.install(directory, installed));
  const peaks: Peak[] = [];
  for (let round = 0; round < PLANS; round++) peaks.push(await peakWhile(plan(), realpathSync(directory)));
  const shown = peaks.map(({ resident, own }) => `${resident.toFixed(0)} (${own.toFixed(0)})`).join(", ");
  console.log(`peak memory of the plugin in a plan, in MB, and without the pages of the file: ${shown}`);
  console.log(`largest ${Math.max(...peaks.map(({ resident }) => resident)).toFixed(0)} MB (goal: at most ${GOAL_PEAK_MB})`);
} else {
  console.log("peak memory: only Linux reports it");
}

/** Memory in MB. */
interface Peak {
  readonly resident: number;
  /** Without the pages of the executable, which all its processes share and which the kernel can drop. */
  readonly own: number;
}

/** @returns the peak over all of the provider's processes in this folder until the plan has ended */
async function peakWhile(plan: Promise<unknown>, folder: string): Promise<Peak> {
  let [peak, isOver] = [{ resident: 0, own: 0 }, false];
  const over = plan.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const pid of readdirSync("/proc")) {
      const { resident, own } = isPluginIn(folder, pid) ? memoryOf(pid) : peak;
      peak = { resident: Math.max(peak.resident, resident), own: Math.max(peak.own, own) };
    }
    await sleep(2);
  }
  await over;
  return peak;
}

/** Terraform starts plugins in its own working folder, which distinguishes them from those of other runs. */
function isPluginIn(folder: string, pid: string): boolean {
  try {
    const isThere = /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === folder;
    return isThere && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0]?.endsWith(basename(executable)) === true;
  } catch {
    return false;
  }
}

/** Reads a process's high-water mark. It never falls, so the last reading counts. 0 for a process that has ended. */
function memoryOf(pid: string): Peak {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const megabytes = (field: string) => (Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0) * 1024) / 1e6;
    return { resident: megabytes("VmHWM"), own: megabytes("RssAnon") };
  } catch {
    return { resident: 0, own: 0 };
  }
}
