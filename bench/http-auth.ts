/**
 * Measures the cost of authentication, authorization and our handling of responses: requests per second of `GET /api/v2/users/me` with a
 * narrowed token, compared with a bare Fastify handler that returns the same JSON. Two servers and the load generator are separate
 * processes; the servers take turns. Run: `node bench/http-auth.ts [rounds] [seconds per round]`.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Listening } from "./http-auth-server.ts";
import { machine, median } from "./report.ts";

const ROUNDS = Number(process.argv[2] ?? 9);
const SECONDS = Number(process.argv[3] ?? 4);
const CONNECTIONS = 32;
const GOAL = 0.6;

const autocannon = fileURLToPath(import.meta.resolve("autocannon/autocannon.js"));
const run = promisify(execFile);

await using cleanup = new AsyncDisposableStack();
const directory = cleanup.use(await mkdtempDisposable(join(tmpdir(), "bench-http-auth-")));

interface Server extends Listening {
  /** The CPU time used so far, in microseconds. */
  cpuTime(): Promise<number>;
}

async function start(args: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, [...serverFlags(), join(import.meta.dirname, "http-auth-server.ts"), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  cleanup.defer(async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.stdin.end();
    await ended;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${args[0]} has ended`);
    return value;
  };
  const listening: Listening = JSON.parse(await nextLine());
  return {
    ...listening,
    cpuTime: async () => {
      child.stdin.write("\n");
      return Number(await nextLine());
    },
  };
}

/** `BENCH_SERVER_FLAGS="--cpu-prof --cpu-prof-dir=…"` profiles the servers, but not the load generator. */
function serverFlags(): string[] {
  return (process.env.BENCH_SERVER_FLAGS ?? "").split(" ").filter((flag) => flag !== "");
}

interface Load {
  readonly requestsPerSecond: number;
  /** The server's own CPU time per request in microseconds, no matter how busy the machine was. */
  readonly cpu: number;
}

async function load({ url, token, cpuTime }: Server, seconds: number): Promise<Load> {
  const headers = token === "" ? [] : ["--header", `Coder-Session-Token: ${token}`];
  const args = [autocannon, "--json", "--connections", `${CONNECTIONS}`, "--duration", `${seconds}`, ...headers, `${url}/api/v2/users/me`];
  const before = await cpuTime();
  const { stdout } = await run(process.execPath, args);
  const used = (await cpuTime()) - before;
  const result = JSON.parse(stdout);
  if (result.non2xx !== 0 || result.errors !== 0) throw new Error(`${url} refused ${result.non2xx} requests, and ${result.errors} failed`);
  return { requestsPerSecond: result["2xx"] / result.duration, cpu: used / result["2xx"] };
}

const proviso = await start(["proviso", directory.path]);
const answer = await fetch(`${proviso.url}/api/v2/users/me`, { headers: { "Coder-Session-Token": proviso.token } });
const body = await answer.text();
const floor = await start(["floor", body]);
const bare = await (await fetch(`${floor.url}/api/v2/users/me`)).text();
if (answer.status !== 200 || bare.trim() !== body.trim())
  throw new Error(`the two servers returned different responses: ${body} and ${bare}`);

for (const server of [floor, proviso]) await load(server, 2);
const rounds: { readonly floor: Load; readonly proviso: Load }[] = [];
for (let round = 0; round < ROUNDS; round++) {
  rounds.push({ floor: await load(floor, SECONDS), proviso: await load(proviso, SECONDS) });
}

console.log(`GET /api/v2/users/me, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s\n${machine()}`);
for (const [name, loads] of [
  ["bare Fastify handler (floor)", rounds.map((round) => round.floor)],
  ["authenticated and authorized", rounds.map((round) => round.proviso)],
] as const) {
  const rates = loads.map(({ requestsPerSecond }) => requestsPerSecond);
  const cpu = median(loads.map((each) => each.cpu));
  console.log(
    `${name.padEnd(30)} ${median(rates).toFixed(0).padStart(6)} requests/s (${range(rates, 0)}), ${cpu.toFixed(1)} µs of CPU per request`,
  );
}
const ratios = rounds.map((round) => round.proviso.requestsPerSecond / round.floor.requestsPerSecond);
const cpuRatios = rounds.map((round) => round.floor.cpu / round.proviso.cpu);
console.log(`requests/s: median ratio ${median(ratios).toFixed(2)} (${range(ratios, 2)}), goal: at least ${GOAL}`);
console.log(`by CPU time: median ratio ${median(cpuRatios).toFixed(2)} (${range(cpuRatios, 2)})`);

function range(values: readonly number[], digits: number): string {
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
}
