import type { Server } from "@grpc/grpc-js";
import { GRPCController, GRPCStdio } from "#proto/gen/goplugin_pb.js";
import { Health, HealthCheckResponse_ServingStatus } from "#proto/gen/health_pb.js";
import { addService } from "#proto/grpc.ts";
import { StatusError } from "#proto/status.ts";

export interface PluginServicesOptions {
  readonly onShutdown: () => void;
  /** Ends streams that would otherwise stay open as long as the host runs. */
  readonly ending: AbortSignal;
}

/** The services that go-plugin requires of a plugin in addition to the provider itself. */
export function addPluginServices(server: Server, { onShutdown, ending }: PluginServicesOptions): void {
  addService(server, GRPCController, {
    async shutdown() {
      onShutdown();
      return {};
    },
  });
  addService(server, GRPCStdio, {
    // The host only needs the stream to stay open: a plugin's output goes to stderr.
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
