/** The one file that knows concrete classes: it builds the server, and takes it down again in reverse order. */
import { join } from "node:path";
import { Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { formatSecret } from "#credentials/secret.ts";
import { ownFolder } from "#disk/own-folder.ts";
import { Agent } from "#proto/gen/agent_pb.js";
import { ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import { accessTo } from "./access/access.ts";
import { AUTHENTICATION_TABLES, createAuthentication } from "./access/authentication.ts";
import { addAgentService } from "./agents/service.ts";
import { startAuditRetention } from "./audit/retention.ts";
import {
  ConfigError,
  checkTokenLifetimes,
  type ListenAddress,
  localUrl,
  parseAccessUrl,
  parseListenAddress,
  parseTrustedProxies,
  type ServerConfig,
} from "./config.ts";
import { openDatabase } from "./database/open-database.ts";
import { createEncryption } from "./encryption/envelope.ts";
import { loadKeyFile } from "./encryption/key-file.ts";
import { JOB_KINDS, routesOf } from "./features.ts";
import { type Admit, admitBeforeReading } from "./grpc/admission.ts";
import { leaveOutResetStreams } from "./grpc/reset-streams.ts";
import { createApp } from "./http/app.ts";
import { countConnections } from "./http/connections.ts";
import type { App } from "./http/fastify-app.ts";
import { splitHttp2 } from "./http/listener.ts";
import { createSetup } from "./people/set-up.ts";
import { MESSAGE_LIMIT_BYTES } from "./provisioning/acquired-job.ts";
import { dataDirectoryId } from "./provisioning/data-directory-id.ts";
import { startJobQueue } from "./provisioning/job-queue.ts";
import { addProvisionerDaemonService } from "./provisioning/service.ts";
import { createSessions } from "./sessions/sessions.ts";
import { startStateSweep } from "./states/sweep.ts";
import { addApiKeyUsage } from "./usage/add-usage.ts";
import { startUsageRecorder } from "./usage/usage-recorder.ts";

export interface RunningServer extends AsyncDisposable {
  /** The URL at which programs on this machine reach the server, without a trailing slash. */
  readonly url: string;
  /** A provisioner key for daemons of this process, created at each start and stored nowhere. */
  readonly builtInDaemonKey: string;
  /**
   * Takes the jobs that daemons of this server held when it started: they died with the former process, so nobody else will end these jobs.
   * A job on which its daemon never reported goes back to the queue. Any other ends, as canceled if it was being canceled and as failed
   * otherwise, with the last state that was reported, also by a new daemon of the same name. So call this when that has been done.
   *
   * @param daemonNames the names that this server gives to its daemons
   * @returns the jobs' IDs
   */
  endLostJobs(daemonNames: readonly string[]): Promise<readonly string[]>;
}

/** How long open gRPC calls may continue when the server closes. */
const DRAIN_MS = 1_000;
/** How long everything else may take. */
const CLOSE_MS = 10_000;
/**
 * How long a gRPC connection stays without a call. Daemons that wait for a job have one open, agents make one every ten seconds, and both
 * connect again when they need to.
 */
const IDLE_MS = 60_000;

/**
 * Opens the database, runs its migrations, and listens.
 *
 * @throws ConfigError for an invalid setting; DiskError, FolderInUseError for the data folder; EncryptionKeyError, DatabaseNewerError,
 *   StoreUnavailableError for the database
 */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const { log, now = () => new Date(), externalAuthProviders = [] } = config;
  const address = parseListenAddress(config.httpAddress);
  const accessUrl = config.accessUrl === undefined ? undefined : parseAccessUrl(config.accessUrl);
  const clientAddresses = parseTrustedProxies(config.trustedProxies);
  const tokenLifetimes = checkTokenLifetimes(config.tokenLifetimes ?? {});
  let url = "";
  const publicUrl = (): string => accessUrl ?? url;

  await using opened = new AsyncDisposableStack();
  opened.use(await ownFolder(config.dataDirectory, { what: "The data folder", role: "server" }));
  const { database, deploymentId, ping } = opened.use(
    await openDatabase({
      database:
        config.databaseUrl === undefined
          ? { kind: "sqlite", path: join(config.dataDirectory, "proviso.db") }
          : { kind: "postgres", url: config.databaseUrl },
      encryption: createEncryption([await loadKeyFile(join(config.dataDirectory, "encryption.key"))]),
      now,
      watched: AUTHENTICATION_TABLES,
      onError: (error) => log.error({ err: error }, "a database connection failed"),
    }),
  );
  const usage = opened.use(
    startUsageRecorder({
      add: (batch) => addApiKeyUsage(database, batch),
      now,
      onError: (error) => log.error({ err: error }, "cannot record the use of API keys"),
    }),
  );
  const accessFor = accessTo(database, { onAllowed: (subject, action, object) => usage.onAllowed(subject, action, object) });
  const authentication = createAuthentication(database, (unknown) =>
    log.error(unknown, "an API key contains values that this program does not know, and grants less or nothing"),
  );
  const builtInDaemonKey = formatSecret("provisioner");

  const connections = countConnections({ ...config.connections, isTrustedProxy: clientAddresses.isProxy }, log);
  const admits = new Map<string, Admit>();
  const grpc = new GrpcServer({
    interceptors: [admitBeforeReading(admits, connections.knownPeer)],
    "grpc.max_connection_idle_ms": config.idleMs ?? IDLE_MS,
    "grpc.max_receive_message_length": MESSAGE_LIMIT_BYTES,
    "grpc.max_send_message_length": MESSAGE_LIMIT_BYTES,
  });
  opened.defer(() => grpc.forceShutdown());
  const queue = opened.use(
    await startJobQueue(database, {
      kinds: JOB_KINDS,
      home: await dataDirectoryId(config.dataDirectory),
      log,
      ...(config.jobLeaseMs !== undefined && { leaseMs: config.jobLeaseMs }),
      ...(config.maxRunningJobsPerOwner !== undefined && { maxRunningPerOwner: config.maxRunningJobsPerOwner }),
    }),
  );
  const { auditLogsRetentionMs: retentionMs = 0 } = config;
  if (retentionMs > 0) opened.use(startAuditRetention(database, { retentionMs, log }));
  opened.use(startStateSweep(database, { log }));
  admits.set(
    ProvisionerDaemon.typeName,
    addProvisionerDaemonService(grpc, { core: database, queue, builtInDaemonKey, accessUrl: publicUrl, log }),
  );
  admits.set(Agent.typeName, addAgentService(grpc, { authentication, accessFor, now, log, gitAuthConfigs: externalAuthProviders.length }));

  const routes = routesOf({
    authentication,
    deploymentId,
    setup: createSetup(database),
    sessions: createSessions(database),
    usage,
    ping,
    now,
    accessUrl: publicUrl,
    externalAuthProviders,
    agentBinaryDirectory: config.agentBinaryDirectory,
    rateLimits: { login: 60, files: 12, ...config.rateLimits },
    tokenLifetimes,
  });
  const app = await createApp(
    { authentication, accessFor, log, accessUrl: publicUrl, clientAddresses, onKnown: connections.known },
    routes,
  );
  leaveOutResetStreams(grpc);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const split = splitHttp2(app.server, { takeHttp2: (socket) => injector.injectConnection(socket), admit: connections.admit });
  opened.defer(async () => {
    const { closeTimeoutMs = CLOSE_MS } = config;
    const deadline = setTimeout(() => {
      const ended = connections.endAll();
      if (ended > 0) log.warn({ connections: ended, waited_ms: closeTimeoutMs }, "closed connections that did not end in time");
    }, closeTimeoutMs);
    try {
      split.close();
      injector.drain(DRAIN_MS);
      const closed = app.close();
      // Daemons that wait for a job keep their connections open until they are told that there is none.
      await queue[Symbol.asyncDispose]();
      await closed;
    } finally {
      clearTimeout(deadline);
    }
  });
  url = localUrl({ host: address.host, port: await listen(app, address) });

  const owned = opened.move();
  return { url, builtInDaemonKey, endLostJobs: queue.endLostJobs, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** @returns the port. @throws ConfigError if the server cannot listen on the address */
async function listen(app: App, { host, port }: ListenAddress): Promise<number> {
  try {
    await app.listen({ host, port, listenTextResolver: (url) => `listening on ${url}` });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EADDRINUSE")
      throw new ConfigError(`The address ${host}:${port} is already in use: choose another, or stop the program that uses it.`, { cause });
    if (code === "EACCES") throw new ConfigError(`The user that runs the server is not allowed to listen on ${host}:${port}.`, { cause });
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") throw new ConfigError(`This machine has no address ${host}.`, { cause });
    throw cause;
  }
  const bound = app.server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server does not listen on a port");
  return bound.port;
}
