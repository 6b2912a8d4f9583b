import { expect, test } from "vitest";
import { keepConnected } from "#agent/keep-connected.ts";
import { Lifecycle } from "#agent/lifecycle.ts";
import { Outbox } from "#agent/outbox.ts";
import { StatusError } from "#proto/status.ts";

test("tries quickly at first, then patiently, and logs the same trouble once", async () => {
  const controller = new AbortController();
  const waits: number[] = [];
  const warned: unknown[] = [];
  let now = 0;
  let tries = 0;
  await keepConnected(
    async (connected) => {
      tries++;
      if (tries === 60) connected();
      throw tries === 50 ? new Error("something else") : new StatusError("UNAUTHENTICATED", "Workspace agent not authorized.");
    },
    {
      log: { warn: (what: unknown) => void warned.push(what), debug: () => {} },
      now: () => now,
      random: () => 0,
      sleep: async (ms) => {
        waits.push(Math.round(ms));
        now += ms;
        if (tries === 61) controller.abort();
      },
    },
    controller.signal,
  );
  expect(waits.slice(0, 6)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  expect(waits[40]).toBe(10_000);
  expect(waits.slice(59, 61)).toEqual([100, 200]);
  const refused = { reason: "UNAUTHENTICATED: Workspace agent not authorized." };
  expect(warned).toEqual([refused, { reason: "something else" }, refused, refused]);
});

test("life only goes forward", () => {
  const seen: string[] = [];
  const lifecycle = new Lifecycle(
    ({ state }) => seen.push(state),
    () => new Date(0),
  );
  expect([
    lifecycle.move("starting"),
    lifecycle.move("shutting_down"),
    lifecycle.move("ready"),
    lifecycle.move("off"),
    lifecycle.move("off"),
  ]).toEqual([true, true, false, true, false]);
  expect(seen).toEqual(["starting", "shutting_down", "off"]);
});

test("what is to be told is told in order over lost connections, and what is refused stops nothing", async () => {
  const refused: string[] = [];
  const outbox = new Outbox<string>((item) => refused.push(item));
  for (const item of ["a", "bad", "b"]) outbox.push(item);
  const told: string[] = [];
  const send = async (item: string): Promise<void> => {
    if (item === "bad") throw new StatusError("INVALID_ARGUMENT", "no");
    if (told.length === 1 && refused.length === 1 && !told.includes("lost")) {
      told.push("lost");
      throw new StatusError("UNAVAILABLE", "gone");
    }
    told.push(item);
  };
  const controller = new AbortController();
  await expect(outbox.deliver(send, controller.signal)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const again = outbox.deliver(send, controller.signal);
  await outbox.whenEmpty(AbortSignal.timeout(5_000));
  outbox.push("c");
  await outbox.whenEmpty(AbortSignal.timeout(5_000));
  controller.abort();
  await again;
  expect(told).toEqual(["a", "lost", "b", "c"]);
  expect(refused).toEqual(["bad"]);
});
