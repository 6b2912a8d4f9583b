/**
 * Shows the main purpose end to end, with real parts: `npm run demo`. It runs a server in its own process, a template, and a workspace with
 * two agents that Terraform starts, and shows what each agent can access with its token, before and after the workspace stops. In between,
 * it shows what an API token for this one workspace is refused.
 *
 * `--json` prints only one JSON document on stdout. `--keep` leaves the server running. The exit code is 0 only if all is as expected.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "#sdk/client.ts";
import {
  type AgentAccess,
  type AgentCredential,
  probeAgent,
  probeManifest,
  readAgentCredentials,
  SHOW_CREDENTIALS,
  waitForAgents,
} from "./demo/agent-access.ts";
import { endAgentProcesses, findAgentProcesses, isRunning } from "./demo/agent-processes.ts";
import { type Environment, readLogTail, runProviso, type ServerProcess, startServerProcess } from "./demo/child-process.ts";
import { type Progress, SILENT, showProgress } from "./demo/progress.ts";
import { probeToken, type TokenAccess } from "./demo/token-access.ts";

const EXAMPLE = join(import.meta.dirname, "..", "examples", "scoped-agents");
const PROVIDER_ID = "github";
const EMAIL = "demo@example.com";
/** Far more than a slow machine needs, so that a demo that hangs reports where. */
const LIMIT_MS = 180_000;

/** The access that the scopes of the example must give. */
const EXPECTED: readonly AgentAccess[] = [
  { name: "helper", api_key_scope: "all", gitsshkey: 200, external_auth: 200, gitauth: 200, manifest: 200 },
  { name: "assistant", api_key_scope: "no_user_data", gitsshkey: 403, external_auth: 403, gitauth: 403, manifest: 200 },
];

interface Report {
  ok: boolean;
  agents: AgentAccess[];
  token?: TokenAccess;
  after_stop: Array<{ name: string; manifest: number }>;
  /** `agents_connected`: from the end of the build until both agents had connected. */
  timings_ms: { push: number; build: number; agents_connected: number; total: number };
  error?: string;
}

interface Demo {
  readonly folder: string;
  readonly temporaryFolder: string;
  readonly env: Environment;
  readonly password: string;
  readonly progress: Progress;
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly onServer: (server: ServerProcess) => void;
}

const flags = readFlags();
process.exitCode = await main();

function readFlags(): { readonly json: boolean; readonly keep: boolean } {
  try {
    return parseArgs({ options: { json: { type: "boolean", default: false }, keep: { type: "boolean", default: false } } }).values;
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\nusage: npm run demo -- [--json] [--keep]\n`);
    process.exit(2);
  }
}

async function main(): Promise<number> {
  const startedAt = performance.now();
  const interrupt = new AbortController();
  let isInterrupted = false;
  const onSignal = (name: NodeJS.Signals): void => {
    isInterrupted = true;
    interrupt.abort(new Error(`interrupted by ${name}`));
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, onSignal);
  setTimeout(() => interrupt.abort(new Error(`the demo did not end within ${LIMIT_MS / 1000} s`)), LIMIT_MS).unref();

  const folder = await mkdtemp(join(tmpdir(), "proviso-demo-"));
  const logFile = join(folder, "server.log");
  const password = randomBytes(18).toString("base64url");
  const report: Report = { ok: false, agents: [], after_stop: [], timings_ms: { push: 0, build: 0, agents_connected: 0, total: 0 } };
  let server: ServerProcess | undefined;
  let kept = false;
  try {
    const temporaryFolder = join(folder, "tmp");
    await mkdir(temporaryFolder);
    const demo: Demo = {
      folder,
      temporaryFolder,
      env: demoEnvironment(folder, temporaryFolder, password),
      password,
      progress: flags.json ? SILENT : showProgress(process.stdout, () => performance.now()),
      report,
      signal: interrupt.signal,
      onServer: (started) => {
        server = started;
      },
    };
    await runDemo(demo);
    report.ok = true;
    kept = flags.keep;
  } catch (thrown) {
    // If the demo was interrupted, that is the reason for the failure, whatever the failed step reports.
    const error: unknown = interrupt.signal.aborted ? interrupt.signal.reason : thrown;
    report.error = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\nerror: ${report.error}\n`);
    if (!isInterrupted && existsSync(logFile)) process.stderr.write(`\nThe end of the server's log:\n${readLogTail(logFile)}\n`);
  } finally {
    if (kept) server?.release();
    else {
      await server?.stop({ hurry: !report.ok });
      endAgentProcesses(join(folder, "tmp"));
      await rm(folder, { recursive: true, force: true });
    }
  }
  report.timings_ms.total = Math.round(performance.now() - startedAt);
  if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else if (report.ok) process.stdout.write(`\nEverything is as expected (${(report.timings_ms.total / 1000).toFixed(1)} s).\n`);
  if (kept && server !== undefined) (flags.json ? process.stderr : process.stdout).write(explainKept(server, folder, password));
  return report.ok ? 0 : 1;
}

async function runDemo(demo: Demo): Promise<void> {
  const { env, progress, report, signal } = demo;
  const proviso = (...args: readonly string[]) => runProviso(args, { env, signal });
  progress.say("Proviso demo: HCL in, a restricted agent token out\n");

  // The example's agents are processes on this machine, which isolation would end with the job that starts them.
  const server = await progress.step(
    "start a server with a fresh data folder",
    () =>
      startServerProcess(["--data-dir", join(demo.folder, "data"), "--http-address", "127.0.0.1:0", "--isolation", "none"], {
        env,
        logFile: join(demo.folder, "server.log"),
        signal,
      }),
    ({ url }) => url,
  );
  demo.onServer(server);
  await progress.step("create the first user", () => proviso("login", server.url));
  const template = join(demo.folder, "template");
  await cp(EXAMPLE, template, { recursive: true });
  await writeFile(join(template, "demo.tf"), SHOW_CREDENTIALS);
  report.timings_ms.push = await timed(() =>
    progress.step("push the template examples/scoped-agents", () => proviso("templates", "push", "scoped-agents", "-d", template, "--yes")),
  );
  report.timings_ms.build = await timed(() =>
    progress.step("create a workspace from it", () => proviso("create", "demo", "--template", "scoped-agents", "--yes")),
  );

  const { session_token: sessionToken } = await new Client(server.url).logIn({ email: EMAIL, password: demo.password }, { signal });
  const client = new Client(server.url, { sessionToken });
  report.timings_ms.agents_connected = await timed(() =>
    progress.step(
      "wait for the agents that Terraform started",
      () => waitForAgents(client, "demo", EXPECTED.length, signal),
      (names) => names.join(", "),
    ),
  );
  const processes = findAgentProcesses(demo.temporaryFolder);
  expect(processes.length === EXPECTED.length, `expected ${EXPECTED.length} agent processes, found ${processes.length}`);

  const workspace = await client.getWorkspaceByName("me", "demo", { signal });
  const credentials = readAgentCredentials(await client.getWorkspaceBuildState(workspace.latest_build.id, { signal }));
  report.agents = await progress.step("call every protected endpoint as each agent", () =>
    Promise.all(credentials.map((agent) => probeAgent(server.url, agent, PROVIDER_ID, signal))),
  );
  progress.say(`\n${formatAccess(report.agents)}`);
  expect(JSON.stringify(report.agents) === JSON.stringify(EXPECTED), "an agent got other access than its scope grants");

  const token = await progress.step(
    "call the API with a token for this workspace only",
    () => probeToken(client, workspace.id, signal),
    ({ read, delete: deletion }) => `read ${read}, delete ${deletion}`,
  );
  report.token = token;
  progress.say(`\n  ${token.detail}\n`);
  expect(token.delete === 403 && token.detail.startsWith("needs `workspace:delete`"), "the token's refusal does not match its scopes");

  await progress.step("stop the workspace", () => proviso("stop", "demo", "--yes"));
  report.after_stop = await progress.step(
    "try the old tokens",
    () => manifests(server.url, credentials, signal),
    (tried) => tried.map(({ name, manifest }) => `${name} ${manifest}`).join(", "),
  );
  await expectDead(server.url, credentials, report.after_stop, signal);
  expect(!processes.some(({ pid }) => isRunning(pid)), "an agent's process still runs after the stop of its workspace");

  await progress.step("delete the workspace", () => proviso("delete", "demo", "--yes"));
  await expectDead(server.url, credentials, await manifests(server.url, credentials, signal), signal);
  const left = await client.listWorkspaces({ q: "owner:me", signal });
  expect(left.count === 0, "the workspace is still in the list after its deletion");
}

function manifests(url: string, agents: readonly AgentCredential[], signal: AbortSignal): Promise<Report["after_stop"]> {
  return Promise.all(agents.map(async (agent) => ({ name: agent.name, manifest: await probeManifest(url, agent, signal) })));
}

/** Checks the old tokens over REST and gRPC, including that of the agent that was allowed everything. */
async function expectDead(
  url: string,
  agents: readonly AgentCredential[],
  tried: Report["after_stop"],
  signal: AbortSignal,
): Promise<void> {
  for (const { name, manifest } of tried) expect(manifest === 401, `the old token of ${name} still gets ${manifest} for its manifest`);
  for (const agent of agents) {
    const { gitsshkey, external_auth: externalAuth, gitauth } = await probeAgent(url, agent, PROVIDER_ID, signal);
    const statuses = [gitsshkey, externalAuth, gitauth];
    expect(
      statuses.every((status) => status === 401),
      `the old token of ${agent.name} still gets ${statuses.join(", ")}`,
    );
  }
}

function expect(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return Math.round(performance.now() - startedAt);
}

/** Returns an environment without the machine's own Coder or Proviso settings, with all files in the demo's folder. */
function demoEnvironment(folder: string, temporaryFolder: string, password: string): Environment {
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^(CODER|PROVISO|TF)_/.test(name) ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(inherited),
    TMPDIR: temporaryFolder,
    CHECKPOINT_DISABLE: "1",
    CODER_CONFIG_DIR: join(folder, "config"),
    CODER_FIRST_USER_USERNAME: "demo",
    CODER_FIRST_USER_EMAIL: EMAIL,
    CODER_FIRST_USER_PASSWORD: password,
    CODER_EXTERNAL_AUTH_0_ID: PROVIDER_ID,
    CODER_EXTERNAL_AUTH_0_TYPE: "github",
    CODER_EXTERNAL_AUTH_0_CLIENT_ID: "demo",
    CODER_EXTERNAL_AUTH_0_CLIENT_SECRET: "demo",
  };
}

function formatAccess(agents: readonly AgentAccess[]): string {
  const head = ["agent", "api_key_scope", "gitsshkey", "external-auth", "gitauth", "manifest"];
  const rows = agents.map((agent) => [
    agent.name,
    agent.api_key_scope,
    agent.gitsshkey,
    agent.external_auth,
    agent.gitauth,
    agent.manifest,
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => String(row[column]).length)));
  return [head, ...rows]
    .map((row) => `  ${row.map((cell, column) => String(cell).padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n")
    .concat("\n");
}

function explainKept(server: ServerProcess, folder: string, password: string): string {
  return `
The server is still running at ${server.url} (process ${server.pid}, data in ${folder}). Log in with

  PROVISO_PASSWORD='${password}' bin/proviso login ${server.url} --email ${EMAIL}

and create a workspace with

  bin/proviso create mine --template scoped-agents

Stop it with \`kill ${server.pid}\`, then remove its folder.
`;
}
