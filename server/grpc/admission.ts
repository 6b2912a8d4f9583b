import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from "@grpc/grpc-js";
import { toServiceError } from "#proto/status.ts";

/** Says whether a caller may come in, by what came with its call. @throws StatusError why not */
export type Admit = (metadata: Metadata) => Promise<unknown>;

/**
 * Asks before anything of a call's messages is read. Otherwise somebody without any credential could make the server hold, or unzip,
 * a message of the largest size on each of as many streams as he likes, since handlers run when the whole message is there.
 * What a call may do is still its handler's to decide, each time anew.
 *
 * @param services by their full names; a service that is missing here is open
 */
export function admitBeforeReading(services: ReadonlyMap<string, Admit>): ServerInterceptor {
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
              () => pass(metadata),
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
