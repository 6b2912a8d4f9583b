import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import { findFaketime, prepareClock } from "./clock.ts";
import { whyNoDisks } from "./disks.ts";
import { partition } from "./network-faults.ts";
import type { FaultName } from "./plan.ts";
import {
  endDaemon,
  endServer,
  killBoth,
  killDaemon,
  killGuard,
  killMachine,
  killServer,
  killTerraform,
  serverGone,
  stopDaemon,
  stopServer,
} from "./process-faults.ts";
import { databaseGone, fillData, fillJobs, lockDatabase } from "./storage-faults.ts";
import type { Fault } from "./strike.ts";
import type { World } from "./world.ts";

const FAULTS: Readonly<Record<Exclude<FaultName, "clock">, Fault>> = {
  none: async ({ expectSuccess }) => expectSuccess(),
  "daemon-kill": perhapsTwice(killDaemon),
  "server-kill": perhapsTwice(killServer),
  "server-gone": serverGone,
  "both-kill": perhapsTwice(killBoth),
  "machine-kill": perhapsTwice(killMachine),
  "terraform-kill": killTerraform,
  "guard-kill": killGuard,
  "daemon-stop": stopDaemon,
  "server-stop": stopServer,
  partition,
  "disk-jobs": fillJobs,
  "disk-data": fillData,
  "database-lock": lockDatabase,
  "database-gone": databaseGone,
  "daemon-term": endDaemon,
  "server-term": endServer,
};

/** Sometimes the program that came back to put things right is killed in the middle of that. */
function perhapsTwice(fault: Fault): Fault {
  return async (strike) => {
    await fault(strike);
    if (!strike.chance.happens(0.25)) return;
    await sleep(strike.chance.between(0, 1_500));
    strike.note("once more");
    await fault(strike);
  };
}

/** What `--help` and the report say of each fault. */
export const FAULT_SUMMARIES: Readonly<Record<FaultName, string>> = {
  none: "nothing",
  "daemon-kill": "SIGKILL of the daemon that has the job",
  "server-kill": "SIGKILL of the server",
  "server-gone": "SIGKILL of the server, which stays away past the lease",
  "both-kill": "SIGKILL of the daemon and the server",
  "machine-kill": "SIGKILL of all programs at once, Terraform and its guard too, as when the machine restarts",
  "terraform-kill": "SIGKILL of Terraform",
  "guard-kill": "SIGKILL of the process that watches over Terraform",
  "daemon-stop": "SIGSTOP of the daemon past the lease, then SIGCONT",
  "server-stop": "SIGSTOP of the server, then SIGCONT",
  partition: "a network between daemon and server that is silent, one-way, or reset",
  "disk-jobs": "a full disk under the jobs' directories",
  "disk-data": "a full disk under the server's data directory",
  "database-lock": "a database that somebody else has locked",
  "database-gone": "PostgreSQL killed or restarted",
  clock: "a wall clock that jumps",
  "daemon-term": "SIGTERM or SIGINT to the daemon, once or twice",
  "server-term": "SIGTERM to the server, once or twice",
};

export const FAULT_NAMES = Object.keys(FAULT_SUMMARIES) as FaultName[];

/** Prepares what has to be prepared before the step. */
export async function readyFault(name: FaultName, world: World, chance: Chance): Promise<Fault> {
  return name === "clock" ? prepareClock(world, chance) : FAULTS[name];
}

/** Faults that cannot be tried on this machine, and why. */
export async function findUnavailable(): Promise<ReadonlyMap<FaultName, string>> {
  const noDisks = await whyNoDisks();
  return new Map<FaultName, string>([
    ...(noDisks === undefined ? [] : (["disk-jobs", "disk-data"] as const).map((name) => [name, noDisks] as const)),
    ...(findFaketime() === undefined ? [["clock", "libfaketime is not installed"] as const] : []),
  ]);
}
