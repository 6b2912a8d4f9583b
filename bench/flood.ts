/**
 * Measures what a template costs that floods the job's log: the build of a workspace whose Terraform prints 200,000 lines, compared with the
 * bare `terraform plan` and `apply` of the same template, and the server's answers meanwhile. Goal: at most 1.3 × the floor.
 * Run: `node bench/flood.ts [rounds] [lines]`.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { coderProvider } from "#provider/coder/provider.ts";
import { serveInProcess } from "#provider/sdk/serve-in-process.ts";
import { Client } from "#sdk/client.ts";
import { createTemplate, FIRST_USER, signUp } from "#test/e2e/harness/api.ts";
import { startServerProcess } from "#test/e2e/harness/server-process.ts";
import { templateOf } from "#test/e2e/harness/templates.ts";
import { bareBuild } from "./bare-build.ts";
import { alternate, median, printSamples } from "./report.ts";

const rounds = Number(process.argv[2] ?? 5);
const lines = Number(process.argv[3] ?? 200_000);
const files = templateOf(`resource "terraform_data" "flood" {
  count = data.coder_workspace.me.start_count
  provisioner "local-exec" {
    command = "seq 1 ${lines}"
  }
}
`);
const directory = await mkdtemp(join(tmpdir(), "proviso-bench-"));

try {
  await using server = await startServerProcess({ args: ["--provisioner-daemons", "1"] });
  const api = await signUp(server.url);
  const template = await createTemplate(api, "flood", files);
  const { session_token: sessionToken } = await new Client(server.url).logIn({ email: FIRST_USER.email, password: FIRST_USER.password });
  const client = new Client(server.url, { sessionToken });
  await using provider = await serveInProcess(coderProvider({ env: { CODER_WORKSPACE_TRANSITION: "start" } }), {
    address: CODER_PROVIDER_ADDRESS,
    directory,
  });
  const answers: { idle: number[]; flooded: number[] } = { idle: [], flooded: [] };
  const cpuSeconds: number[] = [];

  let run = 0;
  // As the daemon asks for it, so that Terraform has the same work.
  const bare = bareBuild(files, { directory, reattachProviders: provider.reattachProviders, flags: ["-json"] });
  const build = async (): Promise<number> => {
    await timeAnswers(client, answers.idle, AbortSignal.timeout(1_000));
    const cpuBefore = cpuOf(server.pid);
    const ended = new AbortController();
    const answering = timeAnswers(client, answers.flooded, ended.signal);
    const started = performance.now();
    const workspace = await client.createWorkspace("me", { name: `flood-${run++}`, template_id: template.id });
    for await (const _ of client.followWorkspaceBuildLogs(workspace.latest_build.id)) {
    }
    const elapsed = performance.now() - started;
    ended.abort();
    await answering;
    cpuSeconds.push(cpuOf(server.pid) - cpuBefore);
    const { job } = await client.getWorkspaceBuild(workspace.latest_build.id);
    if (job.status !== "succeeded") throw new Error(`build ${job.status}: ${job.error}`);
    return elapsed;
  };
  const samples = await alternate({ "terraform plan + apply (floor)": bare, "build through server and daemon": build }, rounds);
  printSamples(`build with ${lines} lines of output`, samples);
  console.log(`CPU of server and daemon: ${median(cpuSeconds).toFixed(1)} s a build`);
  for (const [when, times] of Object.entries(answers))
    console.log(
      `GET /users/me, ${when}: median ${median(times).toFixed(1)} ms, longest ${Math.max(...times).toFixed(0)} ms (n=${times.length})`,
    );
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** Asks again and again until the signal, one request at a time. */
async function timeAnswers(client: Client, times: number[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const started = performance.now();
    await client.getUser("me");
    times.push(performance.now() - started);
    await sleep(20);
  }
}

/** Returns the seconds of CPU time that a process has used. Linux only: elsewhere NaN. */
function cpuOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user = "", system = ""] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11);
    return (Number(user) + Number(system)) / 100;
  } catch {
    return Number.NaN;
  }
}
