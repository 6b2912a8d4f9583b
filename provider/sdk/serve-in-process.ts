import { randomUUID } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { ServerCredentials } from "@grpc/grpc-js";
import { Provider as ProviderService } from "#proto/gen/tfplugin6_pb.js";
import { addService } from "#proto/grpc.ts";
import { listen } from "./listener.ts";
import type { Provider } from "./provider.ts";

/** Disposing ends every connection and removes the socket; Terraform must have ended by then. */
export interface InProcessProvider extends AsyncDisposable {
  /** The value for `TF_REATTACH_PROVIDERS` of the `terraform` that is to use this provider. */
  readonly reattachProviders: string;
}

export interface ServeInProcessOptions {
  /** The full source address, such as `registry.terraform.io/acme/widget`. */
  readonly address: string;
  /** Where the unix socket is made. Whoever may open files there may call the provider, so it belongs to the user alone. */
  readonly directory: string;
  /** Told of errors that are the provider's own fault. Default: nobody is. */
  readonly onFault?: (error: unknown, rpc: string) => void;
}

/**
 * Serves a provider to Terraform from inside this process: Terraform starts no plugin, and neither installs nor locks one.
 * One server serves any number of Terraform commands, one after the other or at once.
 */
export async function serveInProcess(provider: Provider, options: ServeInProcessOptions): Promise<InProcessProvider> {
  const onFault = options.onFault ?? (() => {});
  const path = join(options.directory, `provider-${randomUUID().slice(0, 8)}.sock`);
  const listener = await listen({
    path,
    credentials: ServerCredentials.createInsecure(),
    addServices: (server) => addService(server, ProviderService, provider.open(onFault), onFault),
  });
  return {
    reattachProviders: JSON.stringify({
      [options.address]: {
        Protocol: "grpc",
        ProtocolVersion: 6,
        Pid: process.pid,
        // Tells Terraform that it did not start this process and must not end it.
        Test: true,
        Addr: { Network: "unix", String: path },
      },
    }),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}
