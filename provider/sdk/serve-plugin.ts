import { rmSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ServerCredentials } from "@grpc/grpc-js";
import { Provider as ProviderService } from "#proto/gen/tfplugin6_pb.js";
import { addService } from "#proto/grpc.ts";
import { makeServerCertificate, type ServerCertificate } from "./certificate.ts";
import { type Environment, handshakeLine, hostSpeaksOurVersion, isStartedByHost, PROTOCOL_VERSION } from "./handshake.ts";
import { createHclog, panicText } from "./hclog.ts";
import { listen } from "./listener.ts";
import { addPluginServices } from "./plugin-services.ts";
import type { OnFault, Provider } from "./provider.ts";

const STDOUT = 1;
const STDERR = 2;
/** How long after Shutdown the host may take to leave. It kills the process after 2 s. */
const LEAVE_MS = 1_000;
const PARENT_CHECK_MS = 1_000;

/**
 * Serves a provider as the plugin process that Terraform starts: the whole life of the process, which this function ends.
 *
 * On stdout stands the handshake line and nothing else, ever. Ctrl-C reaches this process too and is left to Terraform, which then calls
 * StopProvider; the process ends with Shutdown, with SIGTERM, or when its parent is gone.
 */
export async function servePlugin(provider: Provider, options: { readonly env: Environment }): Promise<void> {
  const { env } = options;
  if (!isStartedByHost(env)) {
    writeSync(STDERR, `This is the ${provider.name} provider for Terraform. Terraform starts it; by itself it does nothing.\n`);
    process.exit(1);
  }
  const log = createHclog((line) => writeSync(STDERR, line), Date.now);
  const fail = (error: unknown): never => {
    writeSync(STDERR, panicText(error));
    process.exit(2);
  };
  process
    .on("uncaughtException", fail)
    .on("unhandledRejection", fail)
    .on("SIGINT", () => {});

  const directory = await mkdtemp(join(env.PLUGIN_UNIX_SOCKET_DIR || tmpdir(), "plugin-"));
  const end = (code: number): never => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(code);
  };
  process.on("SIGTERM", () => end(143));
  const parent = process.ppid;
  // A host that was killed cannot say goodbye.
  setInterval(() => process.ppid !== parent && end(1), PARENT_CHECK_MS).unref();

  const onFault: OnFault = (error, rpc) =>
    log("error", error instanceof Error ? (error.stack ?? error.message) : String(error), { tf_rpc: rpc });
  let shutDown = false;
  const onShutdown = (): void => {
    shutDown = true;
    // The host leaves once it has the answer; the timer is for one that does not.
    setTimeout(() => end(0), LEAVE_MS);
  };
  const path = join(directory, "socket");
  const certificate = env.PLUGIN_CLIENT_CERT ? makeServerCertificate(Date.now()) : undefined;
  try {
    await listen({
      path,
      credentials: certificate === undefined ? ServerCredentials.createInsecure() : mutualTls(env.PLUGIN_CLIENT_CERT ?? "", certificate),
      addServices: (server) => {
        addService(server, ProviderService, provider.open(onFault), onFault);
        addPluginServices(server, onShutdown);
      },
      onConnectionClosed: () => shutDown && end(0),
    });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  if (!hostSpeaksOurVersion(env))
    log("warn", `the host offers protocol ${env.PLUGIN_PROTOCOL_VERSIONS}, this provider speaks ${PROTOCOL_VERSION}`);
  writeSync(STDOUT, handshakeLine(path, certificate?.der));
}

/** Only the host may connect: it alone has the key to the certificate that it sent. */
function mutualTls(hostCertificatePem: string, own: ServerCertificate): ServerCredentials {
  return ServerCredentials.createSsl(
    Buffer.from(hostCertificatePem),
    [{ private_key: Buffer.from(own.privateKeyPem), cert_chain: Buffer.from(own.pem) }],
    true,
  );
}
