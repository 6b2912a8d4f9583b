import { type FaultName, type Ground, hasFault, type Plan, planRun } from "./plan.ts";

/** The main faults, each on every ground that has it. The first ones take longest: the short ones fill the gaps. */
const FAULTS: readonly FaultName[] = [
  "partition",
  "daemon-stop",
  "daemon-kill",
  "server-kill",
  "both-kill",
  "daemon-kill",
  "server-kill",
  "terraform-kill",
  "database-gone",
  "guard-kill",
  "server-term",
];

/** A walk of one to two minutes. Every run strikes where it hurts: while Terraform of a template that hears signals makes changes. */
export function shortPlans(seed: number, unavailable: ReadonlySet<FaultName>): (ground: Ground) => Generator<Plan> {
  return function* (ground) {
    for (const [index, fault] of FAULTS.entries()) {
      if (!hasFault(ground, fault) || unavailable.has(fault)) continue;
      const step = (["create", "start", "create", "stop"] as const)[(seed + index) % 4] ?? "create";
      yield planRun(seed + index, ground, { fault, step, variant: index % 3 === 2 ? "many" : "chain", moment: "inside" }, unavailable);
    }
  };
}
