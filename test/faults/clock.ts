import { globSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import type { Fault } from "./strike.ts";
import type { World } from "./world.ts";

const LIBRARIES = [
  "/usr/lib/*/faketime/libfaketimeMT.so.1",
  "/usr/lib/faketime/libfaketimeMT.so.1",
  "/usr/local/lib/faketime/libfaketimeMT.so.1",
];

/** Path of libfaketime, which shows a program another wall clock, or undefined if it is not installed. */
export function findFaketime(): string | undefined {
  return globSync(LIBRARIES)[0];
}

/** A wall clock that can be set while a program runs under it. The monotonic clock stays as it is. */
interface FakeClock {
  /** For the program. */
  readonly env: Readonly<Record<string, string>>;
  /** Returns when the program sees it. */
  set(offsetSeconds: number): Promise<void>;
}

const CACHE_SECONDS = 1;

function createClock(library: string, directory: string): FakeClock {
  const file = join(directory, "clock");
  const write = (offsetSeconds: number): void => {
    writeFileSync(`${file}.new`, `${offsetSeconds < 0 ? "" : "+"}${offsetSeconds}s\n`);
    renameSync(`${file}.new`, file);
  };
  write(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: String(CACHE_SECONDS),
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
    },
    set: async (offsetSeconds) => {
      write(offsetSeconds);
      await sleep(1_000 * CACHE_SECONDS);
    },
  };
}

const JUMPS_SECONDS = [-3_600, -120, -5, 30, 300, 3_600];

/**
 * Starts a program again under a clock of its own, which jumps when the fault strikes.
 *
 * @throws Error if libfaketime is not installed
 */
export async function prepareClock(world: World, chance: Chance): Promise<Fault> {
  const library = findFaketime();
  if (library === undefined) throw new Error("libfaketime is not installed");
  const clock = createClock(library, world.directory);
  const isServer = world.daemons.length === 0 || chance.happens(0.5);
  const victims = isServer ? [world.server] : world.daemons.map(({ program }) => program);
  for (const victim of victims) {
    await victim.kill();
    await victim.start(clock.env);
  }
  // The server must not give the next job to a daemon that it has not yet seen go.
  await sleep(1_000);
  return async ({ note, expectSuccess }) => {
    expectSuccess();
    const seconds = chance.pick(JUMPS_SECONDS);
    note(`${isServer ? "the server's" : "the daemons'"} jumps ${seconds} s`);
    await clock.set(seconds);
  };
}
