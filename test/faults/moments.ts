import { setTimeout as sleep } from "node:timers/promises";
import { readEvents } from "./made.ts";
import type { Plan } from "./plan.ts";
import { eventsOf, type Step, usualMs } from "./steps.ts";
import type { World } from "./world.ts";

/** Whoever waits for something that does not happen strikes anyway. */
const GIVE_UP_MS = 20_000;
const LOOK_MS = 8;

/** Waits for the run's moment, or until the step has ended without it. */
export async function waitForMoment(world: World, plan: Plan, step: Step): Promise<unknown> {
  const { kind, share, restMs } = plan.moment;
  const events = eventsOf(plan);
  const happened = (): number => (step.workspaceId === undefined ? 0 : readEvents(world.made, step.workspaceId).length);
  const isTaken = (): boolean => world.states.jobDirectories().length > 0;
  let wasTaken = false;
  const isOver = (): boolean => {
    const taken = isTaken();
    wasTaken ||= taken;
    return wasTaken && !taken;
  };
  switch (kind) {
    case "inside":
      // Two events at least: with one resource after another, the first one is then in the state.
      await until(() => happened() >= 2 + Math.floor(share * (events - 2)) || isOver());
      return sleep(restMs);
    case "anywhere":
      return sleep(share * 1.1 * usualMs(plan));
    case "claim":
      await until(isTaken);
      return sleep(restMs);
    case "applied":
      await until(() => (events > 0 ? happened() >= events || isOver() : isTaken()));
      return sleep(restMs / 2);
    case "ending":
      await until(isOver);
      return sleep(restMs / 8);
    default:
      throw new Error(`unknown moment ${JSON.stringify(kind satisfies never)}`);
  }
}

async function until(isThere: () => boolean): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS;
  while (!isThere() && performance.now() < deadline) await sleep(LOOK_MS);
}
