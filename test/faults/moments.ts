import { setTimeout as sleep } from "node:timers/promises";
import { type MadeEvent, readEvents } from "./made.ts";
import type { Plan } from "./plan.ts";
import { eventsOf, type Step, usualMs } from "./steps.ts";
import { VARIANTS } from "./template.ts";
import type { World } from "./world.ts";

/** Whoever waits for something that does not happen strikes anyway. */
const GIVE_UP_MS = 20_000;
const LOOK_MS = 8;
/** How long after these edges there still is something of them to disturb. */
const [CLAIMED_MS, APPLIED_MS, ENDED_MS] = [250, 125, 30];

/** Waits for the run's moment, or until the step has ended without it. */
export async function waitForMoment(world: World, plan: Plan, step: Step): Promise<unknown> {
  const { kind, share, rest } = plan.moment;
  const events = eventsOf(plan);
  const { workspaceId } = step;
  const before = workspaceId === undefined ? 0 : step.eventsBefore;
  const happened = (): MadeEvent[] => (workspaceId === undefined ? [] : readEvents(world.made, workspaceId).slice(before));
  const isTaken = (): boolean => world.states.jobDirectories().length > 0;
  let wasTaken = false;
  const isOver = (): boolean => {
    const taken = isTaken();
    wasTaken ||= taken;
    return wasTaken && !taken;
  };
  switch (kind) {
    case "inside": {
      // Two events at least: with one resource after another, the first one is then in the state. And one less than all, for something to run.
      const target = 2 + Math.floor(share * Math.max(1, events - 2));
      await until(() => happened().length >= target || isOver());
      return sleep(rest * untilNextMs(plan, happened().at(-1)));
    }
    case "anywhere":
      return sleep(share * 1.1 * usualMs(plan));
    case "claim":
      await until(isTaken);
      return sleep(rest * CLAIMED_MS);
    case "applied":
      await until(() => (events > 0 ? happened().length >= events || isOver() : isTaken()));
      return sleep(rest * APPLIED_MS);
    case "ending":
      await until(isOver);
      return sleep(rest * ENDED_MS);
    default:
      throw new Error(`unknown moment ${JSON.stringify(kind satisfies never)}`);
  }
}

/** How long what this event began takes, or what comes between two of them. */
function untilNextMs({ variant }: Plan, last: MadeEvent | undefined): number {
  const { napMs } = VARIANTS[variant];
  if (last?.kind !== "begin") return BETWEEN_MS;
  return 0.9 * (last.act === "create" ? napMs : napMs / 2);
}

const BETWEEN_MS = 30;

async function until(isThere: () => boolean): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS;
  while (!isThere() && performance.now() < deadline) await sleep(LOOK_MS);
}
