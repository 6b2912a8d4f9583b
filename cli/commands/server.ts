import { readdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { openWritableFolder } from "#disk/writable-folder.ts";
import { AGENT_BINARIES, buildAgentBinary } from "../agent-binaries.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { daemonName } from "../daemon-name.ts";
import { defaultDataDirectory } from "../data-directory.ts";
import { parseExternalAuthProviders } from "../external-auth-providers.ts";
import { CliError } from "../failure.ts";
import { type IsolationSettings, isolationOption, isolationUsersOption, openIsolationFor } from "../isolation-options.ts";
import { collectList, parseCount, parseDurationFrom } from "../options.ts";
import { forceCancelOption, logFormatOption, providerOption } from "../server-options.ts";
import { templateEnvironment } from "../template-environment.ts";

interface ServerOptions extends GlobalOptions, IsolationSettings {
  readonly dataDir?: string;
  readonly httpAddress: string;
  readonly database?: string;
  readonly postgresUrl?: string;
  readonly accessUrl?: string;
  readonly proxyTrustedOrigins: readonly string[];
  readonly proxyTrustedHeaders: readonly string[];
  readonly provisionerDaemons: number;
  readonly maxRunningJobsPerOwner?: number;
  readonly provisionerForceCancelInterval: number;
  readonly provisionerJobLease: number;
  readonly maxTokenLifetime: number;
  readonly maxAdminTokenLifetime: number;
  readonly defaultTokenLifetime: number;
  readonly auditLogsRetention: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly provider: "in-process" | "plugin";
  readonly terraform?: string;
  readonly logFormat: "human" | "json";
}

export function addServerCommand(parent: Command, context: CliContext): void {
  parent
    .command("server")
    .description("Run the server with built-in provisioner daemons")
    .addOption(new Option("--data-dir <folder>", "folder for the server's database, keys and jobs").env("PROVISO_DATA_DIR"))
    .addOption(
      new Option("--http-address <host:port>", "address to listen on; port 0 means any free port")
        .env("CODER_HTTP_ADDRESS")
        .default("127.0.0.1:3000"),
    )
    .addOption(
      new Option("--database <url>", "PostgreSQL database, as postgres://...; default: SQLite in the data folder").env(
        "CODER_PG_CONNECTION_URL",
      ),
    )
    .addOption(new Option("--postgres-url <url>", "the same as --database").hideHelp())
    .addOption(new Option("--access-url <url>", "address at which agents and users reach the server").env("CODER_ACCESS_URL"))
    .addOption(
      new Option(
        "--proxy-trusted-origins <networks>",
        "networks of reverse proxies whose forwarding headers name the client, as 10.0.0.0/8",
      )
        .env("CODER_PROXY_TRUSTED_ORIGINS")
        .default([], "none")
        .argParser(collectList),
    )
    .addOption(
      new Option("--proxy-trusted-headers <names>", "headers in which these proxies name the client, such as X-Forwarded-For")
        .env("CODER_PROXY_TRUSTED_HEADERS")
        .default([], "none")
        .argParser(collectList),
    )
    .addOption(
      new Option("--provisioner-daemons <count>", "number of jobs to run here at a time; 0 leaves all jobs to other machines")
        .env("CODER_PROVISIONER_DAEMONS")
        .default(3)
        .argParser(parseCount(0)),
    )
    .addOption(forceCancelOption("--provisioner-force-cancel-interval", "CODER_PROVISIONER_FORCE_CANCEL_INTERVAL"))
    .addOption(
      new Option("--provisioner-job-lease <time>", "time after which a daemon loses its job if the server hears nothing from it")
        .env("PROVISO_PROVISIONER_JOB_LEASE")
        .default(45_000, "45s")
        .argParser(parseDurationFrom("5s")),
    )
    .addOption(
      new Option(
        "--max-running-jobs-per-owner <count>",
        "maximum number of running jobs that one user requested while others wait; default: one fewer than there are daemons for the job",
      )
        .env("PROVISO_MAX_RUNNING_JOBS_PER_OWNER")
        .argParser(parseCount(1)),
    )
    .addOption(
      new Option("--max-token-lifetime <time>", "maximum lifetime of an API token")
        .env("CODER_MAX_TOKEN_LIFETIME")
        .default(876_600 * 3_600_000, "876600h")
        .argParser(parseDurationFrom("1s")),
    )
    .addOption(
      new Option("--max-admin-token-lifetime <time>", "maximum lifetime for users with the owner role, instead of --max-token-lifetime")
        .env("CODER_MAX_ADMIN_TOKEN_LIFETIME")
        .default(168 * 3_600_000, "168h")
        .argParser(parseDurationFrom("1s")),
    )
    .addOption(
      new Option("--default-token-lifetime <time>", "lifetime of an API token when none is given")
        .env("CODER_DEFAULT_TOKEN_LIFETIME")
        .default(168 * 3_600_000, "168h")
        .argParser(parseDurationFrom("1s")),
    )
    .addOption(
      new Option("--audit-logs-retention <time>", "time to keep entries of the audit log; 0s means forever")
        .env("CODER_AUDIT_LOGS_RETENTION")
        .default(0, "0s")
        .argParser(parseDurationFrom("0s")),
    )
    .addOption(
      new Option("--max-connections <count>", "maximum number of open connections")
        .env("PROVISO_MAX_CONNECTIONS")
        .default(10_000)
        .argParser(parseCount(1)),
    )
    .addOption(
      new Option("--max-connections-per-address <count>", "maximum number of connections from one address without a valid credential")
        .env("PROVISO_MAX_CONNECTIONS_PER_ADDRESS")
        .default(256)
        .argParser(parseCount(1)),
    )
    .addOption(providerOption())
    .addOption(new Option("--terraform <path>", "path of the Terraform executable; default: the one on PATH").env("PROVISO_TERRAFORM"))
    .addOption(isolationOption())
    .addOption(isolationUsersOption())
    .addOption(logFormatOption())
    .addHelpText(
      "after",
      [
        "",
        "Configure external-auth providers with numbered variables: CODER_EXTERNAL_AUTH_0_ID, _TYPE, _CLIENT_ID, _CLIENT_SECRET, _REGEX, ...",
        "On SIGTERM or SIGINT (Ctrl-C), the server takes no new jobs, finishes the running ones and exits. A second signal cancels running jobs.",
      ].join("\n"),
    )
    .action(async (_options: unknown, command: Command) => runServer(context, command.optsWithGlobals<ServerOptions>()));
}

async function runServer(context: CliContext, options: ServerOptions): Promise<void> {
  const databaseUrl = options.database || options.postgresUrl;
  // The error does not show the URL: it may contain a password.
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl))
    throw new CliError("the database URL is not valid: it must start with postgres://");
  const externalAuthProviders = parseExternalAuthProviders(context.env);
  const [{ createLog }, { warnAboutTerraform }] = await Promise.all([import("../log.ts"), import("../warn-about-terraform.ts")]);
  const log = createLog({ out: context.stderr, format: options.logFormat, level: options.verbose ? "debug" : "info" });
  const dataDirectory = resolve(context.workingDirectory, options.dataDir || defaultDataDirectory(context));
  await warnAboutTerraform(context, options.terraform);

  const [{ startServer }, { startDaemon }, { startGuard }, { rescueFolder }] = await Promise.all([
    import("#server/start.ts"),
    import("#provisioner/daemon.ts"),
    import("#provisioner/guard/guard.ts"),
    import("#provisioner/rescue.ts"),
  ]);
  await using owned = new AsyncDisposableStack();
  const building = buildAgentBinary(context.interrupts.signal);
  // It is awaited below; if the server fails before that, its rejection must not be unhandled.
  building.catch(() => {});
  const server = owned.use(
    await startServer({
      dataDirectory,
      httpAddress: options.httpAddress,
      log,
      externalAuthProviders,
      jobLeaseMs: options.provisionerJobLease,
      ...(options.maxRunningJobsPerOwner !== undefined && { maxRunningJobsPerOwner: options.maxRunningJobsPerOwner }),
      tokenLifetimes: {
        defaultMs: options.defaultTokenLifetime,
        maximumMs: options.maxTokenLifetime,
        ownerMaximumMs: options.maxAdminTokenLifetime,
      },
      auditLogsRetentionMs: options.auditLogsRetention,
      connections: { maximum: options.maxConnections, strangersPerAddress: options.maxConnectionsPerAddress },
      agentBinaryDirectory: AGENT_BINARIES,
      trustedProxies: { origins: options.proxyTrustedOrigins, headers: options.proxyTrustedHeaders },
      ...(databaseUrl ? { databaseUrl } : {}),
      ...(options.accessUrl ? { accessUrl: options.accessUrl } : {}),
    }),
  );
  // Terraform accepts only an existing folder. A folder that the operator chose is kept.
  const pluginCacheDirectory = context.env.TF_PLUGIN_CACHE_DIR || join(dataDirectory, "provisioner", "plugins");
  const jobs = join(dataDirectory, "provisioner");
  const workDirectories = Array.from({ length: options.provisionerDaemons }, (_, index) => join(jobs, String(index)));
  await openWritableFolder("The folder of the built-in daemons", jobs);
  await openWritableFolder("The folder of Terraform's plugins", pluginCacheDirectory);
  for (const path of workDirectories) await openWritableFolder("The folder of a built-in daemon", path);
  const [firstDirectory] = workDirectories;
  const isolation =
    firstDirectory === undefined
      ? undefined
      : await openIsolationFor(context, options, {
          hidden: [dataDirectory],
          workDirectory: firstDirectory,
          pluginCache: pluginCacheDirectory,
          log,
        });
  const guard = workDirectories.length === 0 ? undefined : owned.use(startGuard());
  const daemons = workDirectories.map((workDirectory, index) =>
    owned.use(
      startDaemon({
        ...(guard !== undefined && { guard }),
        ...(isolation !== undefined && { isolation }),
        serverUrl: server.url,
        key: server.builtInDaemonKey,
        name: daemonName(hostname(), String(index)),
        workDirectory,
        // The server has the data folder for itself.
        isExclusive: true,
        templateDirectory: join(jobs, "templates"),
        pluginCacheDirectory,
        environment: templateEnvironment(context.env, databaseUrl),
        provider: options.provider,
        log,
        forceCancelMs: options.provisionerForceCancelInterval,
        ...(options.terraform ? { terraform: options.terraform } : {}),
      }),
    ),
  );
  const stopRescue = new AbortController();
  const leftover = (await foldersWithoutDaemon(jobs, options.provisionerDaemons)).map((name) => ({
    name,
    rescued: rescueFolder(
      { serverUrl: server.url, key: server.builtInDaemonKey, workDirectory: join(jobs, name), isExclusive: true, log },
      stopRescue.signal,
    ),
  }));
  // What is left to them after that has no directory: their daemons died before they had one, or it was lost.
  const ending = [...daemons.map(({ rescued }, index) => ({ name: String(index), rescued })), ...leftover].map(
    async ({ name, rescued }) => {
      await rescued;
      if (stopRescue.signal.aborted) return;
      await server
        .endLostJobs([daemonName(hostname(), name)])
        .catch((error: unknown) => log.error({ err: error }, "could not end the jobs of built-in daemons that died"));
    },
  );
  const stop = Promise.withResolvers<void>();
  let asked = 0;
  const onSignal = (): void => {
    asked += 1;
    stop.resolve();
    if (asked === 1) log.info("shutting down after the running jobs finish; send the signal again to cancel them");
    if (asked === 2)
      for (const daemon of daemons)
        daemon.interrupt().catch((error: unknown) => log.error({ err: error }, "could not cancel the running job"));
  };
  using _interrupt = context.interrupts.hold(onSignal);
  using _termination = context.interrupts.holdTermination(onSignal);
  const warning = await building;
  if (warning !== undefined) context.stderr.write(`warning: ${warning}\n`);
  // Printed last, because its reader may send requests at once, or stop the server.
  context.stdout.write(`proviso is ready at ${server.url}\n`);
  await stop.promise;
  stopRescue.abort();
  await Promise.all([...daemons.map((daemon) => daemon.drain()), ...ending]);
}

/** Finds the names of folders of daemons of an earlier start, which had more of them: a job that was killed there has left its state there. */
async function foldersWithoutDaemon(jobs: string, daemons: number): Promise<string[]> {
  const names = await readdir(jobs).catch(() => []);
  return names.filter((name) => /^\d+$/.test(name) && Number(name) >= daemons);
}
