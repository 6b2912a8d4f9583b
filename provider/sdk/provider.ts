import type { GenService } from "@bufbuild/protobuf/codegenv2";
import type { Provider as ProviderService } from "#proto/gen/tfplugin6_pb.js";
import type { Handlers } from "#proto/grpc.ts";

/** The RPCs of Terraform's plugin protocol, version 6. One left out answers UNIMPLEMENTED. */
export type ProviderHandlers = typeof ProviderService extends GenService<infer M> ? Handlers<M> : never;

/** A provider, ready to be served in either shape. */
export interface Provider {
  /** The prefix of its type names: `coder` for `coder_agent`. */
  readonly name: string;
  /**
   * The handlers of one provider instance: what ConfigureProvider sets holds for these handlers only. The host opens a connection
   * for each instance, so each connection gets handlers of its own.
   *
   * @param onFault told of every error that is a fault of the provider, with its cause; the host sees a diagnostic
   */
  open(onFault: (error: unknown, rpc: string) => void): ProviderHandlers;
}
