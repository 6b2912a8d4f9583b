import type { EventEmitter } from "node:events";
import type { DescMethod } from "@bufbuild/protobuf";
import type {
  Metadata,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedHandleCall,
} from "@grpc/grpc-js";
import { drained } from "./drained.ts";
import { toServiceError } from "./status.ts";

/** What a handler learns about the call in addition to its message. */
export interface ServerCall {
  /** Aborted when the caller disconnects or cancels, or its deadline passes. */
  readonly signal: AbortSignal;
  readonly metadata: Metadata;
  /** The address of the other end: `host:port`, or `unix:` and a path. */
  readonly peer: string;
}

type AnyCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** Converts one of our handlers to its grpc-js form: from a promise or an async iterable to callbacks and streams. */
export function bindHandler(kind: DescMethod["methodKind"], handler: unknown, onError: (error: unknown) => void): UntypedHandleCall {
  const answer = (run: (context: ServerCall) => Promise<unknown>, call: AnyCall, done: sendUnaryData<unknown>): void => {
    const context = contextOf(call);
    run(context)
      .finally(context.settle)
      .then(
        (response) => done(null, response),
        (error: unknown) => {
          onError(error);
          done(toServiceError(error), null);
        },
      );
  };
  const stream = async (
    run: (context: ServerCall) => AsyncIterable<unknown>,
    call: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>,
  ): Promise<void> => {
    try {
      for await (const response of run(contextOf(call))) {
        if (call.cancelled) return;
        if (!call.write(response)) await drained(call, ["cancelled"]);
      }
      call.end();
    } catch (error) {
      onError(error);
      call.emit("error", toServiceError(error));
    }
  };

  switch (kind) {
    case "unary": {
      const run = handler as (request: unknown, call: ServerCall) => Promise<unknown>;
      return (call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<unknown>) =>
        answer(async (context) => run(call.request, context), call, done);
    }
    case "client_streaming": {
      const run = handler as (requests: AsyncIterable<unknown>, call: ServerCall) => Promise<unknown>;
      return (call: ServerReadableStream<unknown, unknown>, done: sendUnaryData<unknown>) =>
        answer(async (context) => run(requestsOf(call), context), call, done);
    }
    case "server_streaming": {
      const run = handler as (request: unknown, call: ServerCall) => AsyncIterable<unknown>;
      return (call: ServerWritableStream<unknown, unknown>) => void stream((context) => run(call.request, context), call);
    }
    case "bidi_streaming": {
      const run = handler as (requests: AsyncIterable<unknown>, call: ServerCall) => AsyncIterable<unknown>;
      return (call: ServerDuplexStream<unknown, unknown>) => void stream((context) => run(requestsOf(call), context), call);
    }
  }
}

/** Reading to the end must not destroy a duplex stream, because its answers have yet to be written. */
function requestsOf(call: ServerReadableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>): AsyncIterable<unknown> {
  return call.iterator({ destroyOnReturn: false });
}

function contextOf(call: AnyCall): ServerCall & { readonly settle: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new Error("the caller left"));
  const emitter: EventEmitter = call;
  if (call.cancelled) abort();
  else emitter.once("cancelled", abort);
  return {
    signal: controller.signal,
    metadata: call.metadata,
    peer: call.getPeer(),
    // grpc-js marks every call as cancelled in the end, even one that was answered.
    settle: () => void emitter.off("cancelled", abort),
  };
}
