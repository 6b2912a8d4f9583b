import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { CanceledError } from "./failure.ts";
import { listenForInterrupts } from "./interrupts.ts";

/** A process that takes signals, and notes how it was ended. */
function fakeProcess() {
  const events = new EventEmitter();
  const exits: unknown[] = [];
  const source = Object.assign(events, {
    exit(code?: unknown): never {
      exits.push(code);
      throw new Error("ended");
    },
  });
  return { source: source as unknown as Pick<NodeJS.Process, "on" | "off" | "exit">, events, exits };
}

test("a Ctrl-C that nobody holds aborts the command; a second one ends the process", () => {
  const { source, events, exits } = fakeProcess();
  using interrupts = listenForInterrupts(source);
  events.emit("SIGINT");
  expect(interrupts.signal.reason).toBeInstanceOf(CanceledError);
  expect(exits).toEqual([]);
  expect(() => events.emit("SIGINT")).toThrow("ended");
  expect(exits).toEqual([130]);
});

test("goes to the innermost holder, and back to the outer one after it", () => {
  const { source, events } = fakeProcess();
  using interrupts = listenForInterrupts(source);
  const heard: string[] = [];
  using _outer = interrupts.hold(() => heard.push("outer"));
  {
    using _inner = interrupts.hold(() => heard.push("inner"));
    events.emit("SIGINT");
  }
  events.emit("SIGINT");
  expect({ heard, aborted: interrupts.signal.aborted }).toEqual({ heard: ["inner", "outer"], aborted: false });
});

test("a holder that is disposed twice takes nobody else away", () => {
  const { source, events } = fakeProcess();
  using interrupts = listenForInterrupts(source);
  const heard: string[] = [];
  const hold = () => interrupts.hold(() => heard.push("x"));
  const first = hold();
  using _second = hold();
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  events.emit("SIGINT");
  expect(heard).toEqual(["x"]);
});

test("leaves no listener behind", () => {
  const { source, events } = fakeProcess();
  {
    using interrupts = listenForInterrupts(source);
    using _termination = interrupts.holdTermination(() => {});
    expect(events.eventNames()).toEqual(["SIGINT", "SIGTERM"]);
  }
  expect(events.eventNames()).toEqual([]);
});
