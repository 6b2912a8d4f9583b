import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { pino } from "pino";
import { pack } from "tar-stream";
import { onTestFinished } from "vitest";
import { type VariableValueSchema, WorkspaceTransition } from "#proto/gen/provisioner_pb.js";
import { type Daemon, type DaemonOptions, startDaemon } from "#provisioner/daemon.ts";
import { CHOICES, type Choice } from "#provisioner/isolation/levels.ts";
import { openIsolation } from "#provisioner/isolation/open-isolation.ts";
import type { Isolation } from "#provisioner/isolation/sandbox.ts";
import { FakeServer, type JobInit } from "./fake-server.ts";

export interface Bench {
  readonly server: FakeServer;
  readonly daemon: Daemon;
  /** Lines of the daemon's own log, as objects. */
  readonly log: readonly Record<string, unknown>[];
  readonly directory: string;
}

/** A fake server and a daemon that works for it; both end with the test. */
export async function startBench(options: Partial<DaemonOptions> = {}, prepare: (server: FakeServer) => void = () => {}): Promise<Bench> {
  const directory = await mkdtemp(path.join(tmpdir(), "provisioner-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const server = await FakeServer.start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  prepare(server);
  const log: Record<string, unknown>[] = [];
  const isolation = await isolationOf(path.join(directory, "work"));
  const daemon = startDaemon({
    serverUrl: server.url,
    key: FakeServer.key,
    name: "tester",
    workDirectory: path.join(directory, "work"),
    provider: "in-process",
    environment: process.env,
    isolation,
    log: pino({ level: "debug" }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    updateIntervalMs: 100,
    forceCancelMs: 5_000,
    retry: { baseMs: 10, capMs: 50 },
    ...options,
  });
  onTestFinished(() => daemon[Symbol.asyncDispose]());
  return { server, daemon, log, directory };
}

/** The isolation that PROVISO_ISOLATION names, so that the same tests can run in each; `auto` without it. */
export function isolationOf(
  workDirectory: string,
  choice = CHOICES.find((each) => each === process.env.PROVISO_ISOLATION) ?? "auto",
): Promise<Isolation> {
  const env = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return openIsolation({
    choice: choice satisfies Choice,
    hidden: [],
    workDirectory,
    users: { first: 2_000_000_000, last: 2_000_000_999 },
    env,
    log: pino({ level: "silent" }),
  });
}

/** A tar of these files. */
export async function archive(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name, mtime: new Date(0) }, text);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

export async function importJob(files: Readonly<Record<string, string>>): Promise<JobInit> {
  return {
    templateSourceArchive: await archive(files),
    type: { case: "templateImport", value: { metadata: { coderUrl: "http://127.0.0.1:9" } } },
  };
}

export async function buildJob(
  files: Readonly<Record<string, string>>,
  build: {
    readonly transition: WorkspaceTransition;
    readonly state?: Uint8Array;
    readonly secret?: Uint8Array;
    readonly buildId?: string;
    /** Texts. */
    readonly variables?: Readonly<Record<string, string>>;
    readonly variableValues?: MessageInitShape<typeof VariableValueSchema>[];
    readonly parameters?: Readonly<Record<string, string>>;
    readonly logLevel?: string;
    readonly hasApplied?: boolean;
  },
): Promise<JobInit> {
  const buildId = build.buildId ?? "6bd1c1c6-0000-4000-8000-000000000001";
  return {
    templateSourceArchive: await archive(files),
    type: {
      case: "workspaceBuild",
      value: {
        workspaceBuildId: buildId,
        workspaceName: "box",
        state: build.state ?? new Uint8Array(),
        hasApplied: build.hasApplied ?? false,
        logLevel: build.logLevel ?? "",
        agentTokenSecret: build.secret ?? new Uint8Array(32).fill(7),
        variableValues: build.variableValues ?? Object.entries(build.variables ?? {}).map(([name, value]) => ({ name, value })),
        richParameterValues: Object.entries(build.parameters ?? {}).map(([name, value]) => ({ name, value })),
        metadata: {
          coderUrl: "http://127.0.0.1:9",
          workspaceTransition: build.transition,
          workspaceName: "box",
          workspaceId: "6bd1c1c6-0000-4000-8000-00000000000a",
          workspaceOwner: "ada",
          workspaceOwnerId: "6bd1c1c6-0000-4000-8000-00000000000b",
          workspaceOwnerEmail: "ada@example.com",
          workspaceOwnerName: "Ada",
          templateId: "6bd1c1c6-0000-4000-8000-00000000000c",
          templateName: "t",
          templateVersion: "v1",
          workspaceBuildId: buildId,
        },
      },
    },
  };
}

export const { START, STOP, DESTROY } = WorkspaceTransition;

/** The text of a job's log, a line each. */
export function textOf(logs: readonly { readonly output: string }[]): string {
  return logs.map(({ output }) => output).join("\n");
}
