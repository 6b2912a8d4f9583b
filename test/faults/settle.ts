import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Plan } from "./plan.ts";
import { usualMs } from "./steps.ts";
import { FORCE_CANCEL_MS, type World } from "./world.ts";

/** For a machine on which many worlds share few processors. */
const SLACK_MS = 15_000;

/**
 * How long a job may take to end once everything runs again: as long as its Terraform, or, if its daemon is dead, as its lease, which begins
 * anew when the server starts.
 */
export function boundMs(world: World, plan: Plan): number {
  return Math.max(world.leaseMs * 1.2, usualMs(plan) + FORCE_CANCEL_MS) + SLACK_MS;
}

/** Waits until nothing of ended jobs is left. @returns what is left all the same */
export async function settle(world: World): Promise<string[]> {
  const deadline = performance.now() + world.leaseMs + FORCE_CANCEL_MS + SLACK_MS;
  for (;;) {
    const living = new Set([world.server, ...world.daemons.map(({ program }) => program)].map(({ pid }) => pid));
    const left = [
      ...world.terraforms().map(({ pid, command }) => `Terraform ${pid} (${command})`),
      ...world.guards().flatMap(({ pid, parent }) => (living.has(parent) ? [] : [`guard ${pid} of a dead daemon`])),
      ...world.states.jobDirectories().filter(existsSync),
    ];
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(80);
  }
}
