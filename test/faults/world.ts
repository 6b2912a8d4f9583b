/**
 * A world: a real server with its database and daemons, and the templates of `template.ts`, in a folder of its own. It serves many runs, one
 * after another; many worlds live side by side.
 */
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { Api } from "./api.ts";
import { type Disk, mountDisk } from "./disks.ts";
import { type Link, startLink } from "./link.ts";
import type { Ground } from "./plan.ts";
import { reservePort } from "./ports.ts";
import { type Cluster, startCluster } from "./postgres.ts";
import { type ProcessEntry, type ProcessWatch, signalIfThere } from "./process-table.ts";
import { Program } from "./programs.ts";
import { type StateWatch, watchStates } from "./state-watch.ts";
import { templateFiles, VARIANTS, type VariantName, writeWorldPrograms } from "./template.ts";

export interface WorldOptions extends Ground {
  /** The world's folder is made in it. */
  readonly parent: string;
  readonly leaseMs: number;
  readonly processes: ProcessWatch;
  /** Whether folders become disks, which can be full. */
  readonly hasDisks: boolean;
}

export interface ExternalDaemon {
  readonly program: Program;
  readonly link: Link;
  readonly workDirectory: string;
}

export interface World extends AsyncDisposable {
  readonly ground: Ground;
  readonly leaseMs: number;
  readonly directory: string;
  /** Where the templates make their files. */
  readonly made: string;
  readonly api: Api;
  readonly server: Program;
  readonly daemons: readonly ExternalDaemon[];
  readonly cluster: Cluster | undefined;
  readonly sqliteFile: string;
  readonly states: StateWatch;
  /** Of the folders of jobs, and of the server's data. Empty if folders are no disks. */
  readonly disks: { readonly jobs: readonly Disk[]; readonly data: readonly Disk[] };
  /** Template ID of each variant, and the ID of its uploaded files. */
  readonly templates: Readonly<Record<VariantName, { readonly templateId: string; readonly fileId: string }>>;
  terraforms(): ProcessEntry[];
  /** Guards of the world's programs, of dead ones too. */
  guards(): ProcessEntry[];
  /** Starts whatever does not run. */
  startAll(): Promise<void>;
  /** Files that daemons kept because the server did not take them. */
  undelivered(): string[];
  /** `ok`, or what SQLite says is wrong. PostgreSQL is not asked. */
  integrity(): string;
}

const DAEMONS = 2;
const TRIES = 5;
/** Ample for the templates' provisioners, and short enough to see a program that hears nothing killed. */
export const FORCE_CANCEL_MS = 6_000;

export async function openWorld(options: WorldOptions): Promise<World> {
  const { database, daemon, leaseMs, processes } = options;
  await using opened = new AsyncDisposableStack();
  const directory = await mkdtemp(join(options.parent, `${database}-${daemon}-`));
  await chmod(directory, 0o755);
  opened.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }).catch(() => {}));
  const [made, logs, data] = [join(directory, "made"), join(directory, "logs"), join(directory, "data")];
  for (const folder of [made, logs]) await mkdir(folder);
  const terraform = await writeWorldPrograms(made);
  const cluster = database === "postgres" ? opened.use(await startCluster(directory)) : undefined;

  const ownWorkFolder = join(data, "provisioner");
  const externalWorkFolders = daemon === "own" ? [] : Array.from({ length: DAEMONS }, (_, index) => join(directory, `daemon-${index}`));
  const mount = async (path: string): Promise<Disk[]> => (options.hasDisks ? [opened.use(await mountDisk(path))] : []);
  const dataDisks = await mount(data);
  const jobDisks = (await Promise.all((daemon === "own" ? [ownWorkFolder] : externalWorkFolders).map(mount))).flat();

  const env = {
    CHECKPOINT_DISABLE: "1",
    CODER_PROVISIONER_FORCE_CANCEL_INTERVAL: `${FORCE_CANCEL_MS / 1_000}s`,
    CODER_PROVISIONER_DAEMON_FORCE_CANCEL_INTERVAL: `${FORCE_CANCEL_MS / 1_000}s`,
    ...(cluster !== undefined && { CODER_PG_CONNECTION_URL: cluster.url }),
  };
  const port = await reservePort();
  const url = `http://127.0.0.1:${port}`;
  const program = (name: string, args: readonly string[], more: Readonly<Record<string, string>>, readyLine?: string): Program => {
    const made = new Program({
      name,
      // What a template makes here, and who its processes are, must be seen from outside. test/provisioner/rescue.test.ts has the sandbox.
      args: [...args, "--terraform", terraform, "--isolation", "none"],
      env: { ...env, ...more },
      logFile: join(logs, `${name}.log`),
      workingDirectory: directory,
      ...(readyLine !== undefined && { readyLine }),
    });
    opened.defer(() => made.retire());
    return made;
  };
  const server = program(
    "server",
    [
      ...["server", "--data-dir", data, "--http-address", `127.0.0.1:${port}`],
      ...["--provisioner-daemons", daemon === "own" ? String(DAEMONS) : "0", "--provisioner-job-lease", `${leaseMs / 1_000}s`],
    ],
    {},
    "proviso is ready at",
  );
  await server.start();
  const api = new Api(url);
  await api.signUp();

  const daemons: ExternalDaemon[] = [];
  for (const [index, workDirectory] of externalWorkFolders.entries()) {
    const name = `daemon-${index}`;
    const { key } = await api.post(`/organizations/${api.organizationId}/provisionerkeys`, { name, tags: {} });
    const link = opened.use(await startLink(port));
    const args = ["provisioner", "start", "--url", link.url, "--name", name, "--cache-dir", workDirectory];
    daemons.push({ program: program(name, args, { CODER_PROVISIONER_DAEMON_KEY: key }), link, workDirectory });
  }
  const roots = daemon === "own" ? Array.from({ length: DAEMONS }, (_, index) => join(ownWorkFolder, String(index))) : externalWorkFolders;
  const terraforms = (): ProcessEntry[] => processes.terraforms(directory);
  const guards = (): ProcessEntry[] =>
    processes.guards(new Set([server, ...daemons.map((each) => each.program)].flatMap(({ pids }) => [...pids])));
  opened.defer(() => {
    for (const { pid } of [...terraforms(), ...guards()]) signalIfThere(pid, "SIGKILL");
  });
  const startAll = async (): Promise<void> => {
    await Promise.all([server.start(), ...daemons.map((each) => each.program.start())]);
  };
  await startAll();
  const states = opened.use(watchStates(roots));
  const templates = await pushTemplates(api, made);
  const sqliteFile = join(data, "proviso.db");

  const owned = opened.move();
  return {
    ground: { database, daemon },
    leaseMs,
    directory,
    made,
    api,
    server,
    daemons,
    cluster,
    sqliteFile,
    states,
    disks: { jobs: jobDisks, data: dataDisks },
    templates,
    terraforms,
    guards,
    startAll,
    undelivered: () =>
      roots.flatMap((root) =>
        existsSync(root)
          ? readdirSync(root)
              .filter((name) => name.startsWith("undelivered-"))
              .map((name) => join(root, name))
          : [],
      ),
    integrity: () => (database === "sqlite" ? integrityOf(sqliteFile) : "ok"),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function pushTemplates(api: Api, made: string): Promise<World["templates"]> {
  const push = async (name: VariantName) => {
    const fileId = await api.upload(templateFiles(made, VARIANTS[name]));
    for (let tries = 1; ; tries++) {
      const version = await api.createVersion(fileId);
      const imported = await api.jobEnd(`/templateversions/${version.id}`, 60_000);
      if (imported?.job.status === "succeeded") {
        const template = await api.post(`/organizations/${api.organizationId}/templates`, { name, template_version_id: version.id });
        return { templateId: String(template.id), fileId };
      }
      // With a short lease, worlds that open at the same time can keep each other from it.
      if (tries >= TRIES) throw new Error(`the import of ${name} ended as ${imported?.job.status}: ${imported?.job.error}`);
    }
  };
  return { chain: await push("chain"), many: await push("many"), deaf: await push("deaf"), fork: await push("fork") };
}

function integrityOf(file: string): string {
  const database = new BetterSqlite3(file, { readonly: true });
  try {
    return database.prepare<[], string>("pragma integrity_check").pluck().all().join("\n");
  } finally {
    database.close();
  }
}
