import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from "@grpc/grpc-js";
import { toServiceError } from "#proto/status.ts";

/** Decides from a call's metadata whether the caller may come in. @throws StatusError with the reason if not */
export type Admit = (metadata: Metadata) => Promise<unknown>;

/**
 * Checks the caller before anything of the call's messages is read. Handlers run only when the whole message has arrived, so without this
 * check somebody without a credential could make the server hold, or decompress, a message of the largest size on any number of streams.
 * The handler still decides what the call may do, each time anew.
 *
 * @param services by their full names; a service that is missing here is open to everybody
 * @param onKnown hears of the peer of each call that was admitted: address and port, joined by a colon
 */
export function admitBeforeReading(services: ReadonlyMap<string, Admit>, onKnown: (peer: string) => void = () => {}): ServerInterceptor {
  return (method, call) => {
    const [, service = ""] = method.path.split("/");
    const admit = services.get(service);
    if (admit === undefined) return new ServerInterceptingCall(call);
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          // Reading starts when the metadata is passed on.
          onReceiveMetadata: (metadata, pass) => {
            admit(metadata).then(
              () => {
                onKnown(call.getPeer());
                pass(metadata);
              },
              (error: unknown) => {
                const { code = status.INTERNAL, details = "" } = toServiceError(error);
                call.sendStatus({ code, details });
              },
            );
          },
        }),
    });
  };
}
