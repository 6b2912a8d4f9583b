import { randomUUID } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { Provider as ProviderService } from "#proto/gen/tfplugin6_pb.js";
import { addService } from "#proto/grpc.ts";
import { serveConnection } from "./connection.ts";
import { type ListenAt, type Listener, listen } from "./listener.ts";
import type { OnFault, Provider } from "./provider.ts";

/** Disposing ends every connection and removes the socket; Terraform must have ended by then. */
export interface InProcessProvider extends AsyncDisposable {
  /** The value of `TF_REATTACH_PROVIDERS` for the `terraform` that will use this provider. */
  readonly reattachProviders: string;
}

export interface ServeInProcessOptions {
  /** The full source address, such as `registry.terraform.io/acme/widget`. */
  readonly address: string;
  /** The folder for the Unix socket. Anyone who can open files in it can call the provider, so only the user may have access. */
  readonly directory: string;
  /** Called with errors that are bugs in the provider. Default: they are ignored. */
  readonly onFault?: OnFault;
}

/**
 * Serves a provider to Terraform from inside this process: Terraform does not start, install or lock a plugin.
 * One server serves any number of Terraform commands, in sequence or at the same time.
 */
export async function serveInProcess(provider: Provider, options: ServeInProcessOptions): Promise<InProcessProvider> {
  const path = join(options.directory, `provider-${randomUUID().slice(0, 8)}.sock`);
  const listener = await listenPlainly(provider, { at: { network: "unix", path }, onFault: options.onFault ?? (() => {}) });
  return {
    reattachProviders: reattachText(options.address, listener, process.pid),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

/** Terraform does not use TLS with a provider that it did not start. */
export function listenPlainly(
  provider: Provider,
  { at, onFault }: { readonly at: ListenAt; readonly onFault: OnFault },
): Promise<Listener> {
  const credentials = ServerCredentials.createInsecure();
  const addServices = (server: Server): void => addService(server, ProviderService, provider.open(onFault), onFault);
  return listen({ at, serve: (socket) => serveConnection(socket, { credentials, addServices }) });
}

/** The value of `TF_REATTACH_PROVIDERS`. @param pid Terraform gives up its calls when this process is gone */
export function reattachText(address: string, { network, address: listening }: Pick<Listener, "network" | "address">, pid: number): string {
  return JSON.stringify({
    [address]: {
      Protocol: "grpc",
      ProtocolVersion: 6,
      Pid: pid,
      // Tells Terraform that it did not start this process and must not end it.
      Test: true,
      Addr: { Network: network, String: listening },
    },
  });
}
