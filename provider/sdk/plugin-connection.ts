/** Serves a plugin's host. Loaded while the host connects, because gRPC takes longer to load than everything before it. */
import type { Socket } from "node:net";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { Provider as ProviderService } from "#proto/gen/tfplugin6_pb.js";
import { addService } from "#proto/grpc.ts";
import type { ServerCertificate } from "./certificate.ts";
import { serveConnection } from "./connection.ts";
import type { Connection } from "./listener.ts";
import { addPluginServices } from "./plugin-services.ts";
import type { OnFault, Provider } from "./provider.ts";

export interface PluginConnectionOptions {
  readonly provider: Provider;
  /** Absent if TLS is off. */
  readonly tls: { readonly hostCertificatePem: string; readonly own: ServerCertificate } | undefined;
  readonly onFault: OnFault;
  readonly onShutdown: () => void;
  /** Aborted when the process must end: running calls then end soon, and streams at once. */
  readonly ending: AbortSignal;
}

export function pluginConnections(options: PluginConnectionOptions): (socket: Socket) => Connection {
  const { provider, onFault, onShutdown, ending } = options;
  const credentials = options.tls === undefined ? ServerCredentials.createInsecure() : mutualTls(options.tls);
  const addServices = (server: Server): void => {
    addService(server, ProviderService, provider.open(onFault, ending), onFault);
    addPluginServices(server, { onShutdown, ending });
  };
  return (socket) => serveConnection(socket, { credentials, addServices });
}

/** Only the host can connect, because only the host has the key of the certificate that it sent. */
function mutualTls({ hostCertificatePem, own }: NonNullable<PluginConnectionOptions["tls"]>): ServerCredentials {
  return ServerCredentials.createSsl(
    Buffer.from(hostCertificatePem),
    [{ private_key: Buffer.from(own.privateKeyPem), cert_chain: Buffer.from(own.pem) }],
    true,
  );
}
