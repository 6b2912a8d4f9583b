import type { DescMessage } from "@bufbuild/protobuf";
import type { GenService, GenServiceMethods } from "@bufbuild/protobuf/codegenv2";
import type { Handlers } from "#proto/grpc.ts";
import { checkLimits } from "./message-limits.ts";

type AnyHandler = (request: unknown, call: unknown) => unknown;

/**
 * Returns handlers that see no message beyond its limits.
 *
 * @param checkedInside methods whose handlers call {@link checkLimits} themselves, because a refusal has consequences there
 */
export function limitedHandlers<M extends GenServiceMethods>(
  service: GenService<M>,
  handlers: Handlers<M>,
  { checkedInside = [] }: { readonly checkedInside?: readonly (keyof M)[] } = {},
): Handlers<M> {
  const limited: Record<string, unknown> = {};
  for (const { localName, input, methodKind } of service.methods) {
    const handler: unknown = handlers[localName];
    if (handler === undefined) continue;
    const handle = handler as AnyHandler;
    const isStream = methodKind === "client_streaming" || methodKind === "bidi_streaming";
    if (checkedInside.includes(localName)) limited[localName] = handler;
    else if (isStream) limited[localName] = (requests: AsyncIterable<unknown>, call: unknown) => handle(checked(input, requests), call);
    else if (methodKind === "unary")
      limited[localName] = async (request: unknown, call: unknown) => {
        checkLimits(input, request);
        return handle(request, call);
      };
    else
      limited[localName] = async function* (request: unknown, call: unknown) {
        checkLimits(input, request);
        yield* handle(request, call) as AsyncIterable<unknown>;
      };
  }
  return limited as Handlers<M>;
}

async function* checked(schema: DescMessage, requests: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  for await (const request of requests) {
    checkLimits(schema, request);
    yield request;
  }
}
