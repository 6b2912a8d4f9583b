import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StoreUnavailableError } from "../errors.ts";
import { LockWait } from "./lock-wait.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

const locked = new StoreUnavailableError("it is locked", { cause: Object.assign(new Error("busy"), { code: "SQLITE_BUSY_RECOVERY" }) });

/** A database that another program may have locked. */
function open() {
  const state = { isLocked: false, attempts: 0, served: [] as string[] };
  const wait = new LockWait();
  const run = (name: string): Promise<string> =>
    wait.run(async () => {
      state.attempts++;
      if (state.isLocked) throw locked;
      state.served.push(name);
      return name;
    });
  return { state, run };
}

test("tries until the lock is free, and serves in the order of arrival, with newcomers behind those who wait", async () => {
  const { state, run } = open();
  state.isLocked = true;
  const answers = ["a", "b", "c"].map(run);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(state.served).toEqual([]);
  state.isLocked = false;
  answers.push(run("d"));
  await vi.advanceTimersByTimeAsync(50);
  expect(await Promise.all(answers)).toEqual(["a", "b", "c", "d"]);
  expect(state.served).toEqual(["a", "b", "c", "d"]);
});

test("each gives up two seconds after it came, all of one moment together, and one attempt at a time is made for all", async () => {
  const { state, run } = open();
  state.isLocked = true;
  const failed: string[] = [];
  const start = (name: string) => run(name).catch((error: unknown) => void (error === locked && failed.push(name)));
  const early = Array.from({ length: 12 }, (_, i) => start(`early ${i}`));
  await vi.advanceTimersByTimeAsync(1_500);
  const late = start("late");
  await vi.advanceTimersByTimeAsync(400);
  expect(failed).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(failed).toHaveLength(12);
  await vi.advanceTimersByTimeAsync(1_500);
  await Promise.all([...early, late]);
  expect(failed.at(-1)).toBe("late");
  expect(state.attempts).toBeLessThan(120);
});

test("a failure of another kind is thrown at once, and those behind go on", async () => {
  const wait = new LockWait();
  const other = new Error("no such table");
  let isLocked = true;
  const fails = async (): Promise<never> => {
    throw isLocked ? locked : other;
  };
  const failing = wait.run(fails).catch((error: unknown) => error);
  const following = wait.run(async () => (isLocked ? fails() : "through"));
  await vi.advanceTimersByTimeAsync(100);
  isLocked = false;
  await vi.advanceTimersByTimeAsync(100);
  expect(await failing).toBe(other);
  expect(await following).toBe("through");
});

test("waiting in line behind transactions of our own does not count against anybody's patience", async () => {
  const wait = new LockWait();
  let isLocked = true;
  const attempt = (ms: number) => async () => {
    if (isLocked) throw locked;
    await new Promise((resolve) => setTimeout(resolve, ms));
  };
  const slow = wait.run(attempt(3_000));
  const patient = wait.run(attempt(0));
  await vi.advanceTimersByTimeAsync(100);
  isLocked = false;
  await vi.advanceTimersByTimeAsync(1_000);
  isLocked = true;
  await vi.advanceTimersByTimeAsync(2_100);
  await slow;
  await vi.advanceTimersByTimeAsync(1_000);
  isLocked = false;
  await vi.advanceTimersByTimeAsync(100);
  await patient;
});
