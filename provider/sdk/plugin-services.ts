import type { Server } from "@grpc/grpc-js";
import { GRPCController, GRPCStdio } from "#proto/gen/goplugin_pb.js";
import { Health, HealthCheckResponse_ServingStatus } from "#proto/gen/health_pb.js";
import { addService } from "#proto/grpc.ts";
import { StatusError } from "#proto/status.ts";

export interface PluginServicesOptions {
  readonly onShutdown: () => void;
  /** Ends what would stay open as long as the host does. */
  readonly ending: AbortSignal;
}

/** What go-plugin wants of a plugin beside the provider itself. */
export function addPluginServices(server: Server, { onShutdown, ending }: PluginServicesOptions): void {
  addService(server, GRPCController, {
    async shutdown() {
      onShutdown();
      return {};
    },
  });
  addService(server, GRPCStdio, {
    // The host only wants the stream to stay open: what a plugin has to say goes to stderr.
    async *streamStdio(_request, { signal }) {
      await Promise.race([aborted(signal), aborted(ending)]);
      yield* [];
    },
  });
  addService(server, Health, {
    async check({ service }) {
      if (service !== "" && service !== "plugin") throw new StatusError("NOT_FOUND", `no service ${service}`);
      return { status: HealthCheckResponse_ServingStatus.SERVING };
    },
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
