/** What every fault gets and tells. The faults are in `faults.ts` and the files that it imports. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import type { Plan } from "./plan.ts";
import type { Program } from "./programs.ts";
import type { Step } from "./steps.ts";
import type { ExternalDaemon, World } from "./world.ts";

export interface Strike {
  readonly world: World;
  readonly plan: Plan;
  readonly step: Step;
  readonly chance: Chance;
  /** What the fault does, for the run's line. */
  note(text: string): void;
  /** What Terraform has in hand may be lost, because it is killed itself, or because it cannot write its state. */
  mayLoseWhatIsInHand(why: "killed" | "full disk"): void;
  /** Nothing of this ends the job: it must succeed. */
  expectSuccess(): void;
  /** A program that was asked to end did not. */
  didNotEnd(what: string): void;
  /** Asks for the workspace's next build as soon as the step's job has ended. */
  hurryOn(): Promise<void>;
}

/** Does it, and returns when it is over: what it stopped runs again. */
export type Fault = (strike: Strike) => Promise<void>;

/** The daemon that has the job, or any if none has one. */
export function holder({ world, chance }: Strike): ExternalDaemon {
  const busy = world.states.jobDirectories();
  return (
    world.daemons.find(({ workDirectory }) => busy.some((directory) => directory.startsWith(`${workDirectory}/`))) ??
    chance.pick(world.daemons)
  );
}

/** The process that runs the job. */
export function holderProgram(strike: Strike): Program {
  return strike.world.ground.daemon === "own" ? strike.world.server : holder(strike).program;
}

/** Waits until no Terraform of the world runs. */
export async function terraformEnds(world: World, withinMs = world.leaseMs + 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (world.terraforms().length > 0 && performance.now() < deadline) await sleep(50);
}
