import type { Server } from "@grpc/grpc-js";
import { GRPCController, GRPCStdio } from "#proto/gen/goplugin_pb.js";
import { Health, HealthCheckResponse_ServingStatus } from "#proto/gen/health_pb.js";
import { addService } from "#proto/grpc.ts";
import { StatusError } from "#proto/status.ts";

/** What go-plugin wants of a plugin beside the provider itself. */
export function addPluginServices(server: Server, onShutdown: () => void): void {
  addService(server, GRPCController, {
    async shutdown() {
      onShutdown();
      return {};
    },
  });
  addService(server, GRPCStdio, {
    // The host only wants the stream to stay open: what a plugin has to say goes to stderr.
    async *streamStdio(_request, { signal }) {
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
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
