/**
 * The provider's executable as a process: how long from its start to the line that Terraform waits for, against Node that does nothing, and
 * how much memory it takes at most while Terraform plans. Run: `node bench/provider-start.ts [rounds]`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
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
/** As Terraform sets it, with a certificate, so that the plugin makes one too. */
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
  const plan = projects.plan(directory, projects.install(directory, executable));
  const peaks: number[] = [];
  for (let round = 0; round < PLANS; round++) peaks.push(await peakWhile(plan()));
  const floorPeak = await peakOf(process.execPath, ["-e", "setTimeout(() => {}, 200)"]);
  console.log(
    `peak memory of the plugin in a plan: ${peaks.map((peak) => peak.toFixed(0)).join(", ")} MB; idle Node: ${floorPeak.toFixed(0)} MB`,
  );
  console.log(`largest ${Math.max(...peaks).toFixed(0)} MB (goal: at most ${GOAL_PEAK_MB})`);
} else {
  console.log("peak memory: only Linux says what a process has taken");
}

/** @returns the most resident memory, in MB, that any process of the executable has had until then */
async function peakWhile(plan: Promise<unknown>): Promise<number> {
  let [peak, isOver] = [0, false];
  const over = plan.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) peak = Math.max(peak, highWaterMark(pid, executable));
    await sleep(2);
  }
  await over;
  return peak;
}

async function peakOf(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: "ignore" });
  await sleep(150);
  const peak = highWaterMark(String(child.pid), command);
  await once(child, "close");
  return peak;
}

/** Never falls while a process lives, so the last look is the one that counts. 0 for a process that is gone, or another program's. */
function highWaterMark(pid: string, program: string): number {
  try {
    if (
      !readFileSync(`/proc/${pid}/cmdline`, "utf8")
        .split("\0")[0]
        ?.endsWith(program.slice(program.lastIndexOf("/")))
    )
      return 0;
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return (Number(kibibytes ?? 0) * 1024) / 1e6;
  } catch {
    return 0;
  }
}
