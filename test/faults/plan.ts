/** What a run does, as a function of its seed. */
import { chanceOf } from "./chance.ts";
import type { VariantName } from "./template.ts";

export const DATABASES = ["sqlite", "postgres"] as const;
export type DatabaseName = (typeof DATABASES)[number];

/** `own`: the server's built-in daemons. `external`: programs of their own, as on other machines. */
export const DAEMON_KINDS = ["own", "external"] as const;
export type DaemonKind = (typeof DAEMON_KINDS)[number];

/** Where a run takes place; a world is set up for one of them. */
export interface Ground {
  readonly database: DatabaseName;
  readonly daemon: DaemonKind;
}

/** `start` is a start of a running workspace that replaces all that it has; `cancel` is one of a create. */
export const STEP_NAMES = ["create", "start", "stop", "delete", "cancel", "import"] as const;
export type StepName = (typeof STEP_NAMES)[number];

export type FaultName =
  | "none"
  | "daemon-kill"
  | "server-kill"
  | "server-gone"
  | "both-kill"
  | "machine-kill"
  | "terraform-kill"
  | "guard-kill"
  | "daemon-stop"
  | "server-stop"
  | "partition"
  | "disk-jobs"
  | "disk-data"
  | "database-lock"
  | "database-gone"
  | "clock"
  | "daemon-term"
  | "server-term";

export const MOMENT_NAMES = ["inside", "anywhere", "claim", "applied", "ending"] as const;
export type MomentName = (typeof MOMENT_NAMES)[number];

/**
 * When the fault strikes.
 *
 * - `inside`: while Terraform makes changes: after that share of the step's provisioner events, at the point `rest` of what then runs
 * - `anywhere`: that share of the step's usual time after it was asked for
 * - `claim`, `applied`, `ending`: soon after a daemon took the job, after the last provisioner ended, after the job ended
 */
export interface Moment {
  readonly kind: MomentName;
  /** In [0, 1). */
  readonly share: number;
  /** In [0, 1). */
  readonly rest: number;
}

export interface Plan extends Ground {
  readonly seed: number;
  readonly step: StepName;
  readonly variant: VariantName;
  readonly fault: FaultName;
  readonly moment: Moment;
  /** Whether the workspace is started once more before it is deleted. */
  readonly startsAgain: boolean;
}

const STEP_WEIGHTS: Readonly<Record<StepName, number>> = { create: 38, start: 16, stop: 14, delete: 12, cancel: 12, import: 8 };

const VARIANT_WEIGHTS: Readonly<Record<VariantName, number>> = { chain: 55, many: 25, deaf: 10, fork: 10 };

/** What is not there is not tried: own daemons are part of their server, and SQLite is part of it too. */
const FAULT_WEIGHTS: Readonly<Record<DaemonKind, Partial<Record<FaultName, number>>>> = {
  own: {
    none: 1,
    "server-kill": 40,
    "server-gone": 5,
    "machine-kill": 5,
    "terraform-kill": 8,
    "guard-kill": 6,
    "server-stop": 8,
    "server-term": 8,
    "disk-jobs": 4,
    "disk-data": 3,
    "database-lock": 5,
    "database-gone": 8,
    clock: 4,
  },
  external: {
    none: 1,
    "daemon-kill": 28,
    "server-kill": 12,
    "server-gone": 5,
    "both-kill": 8,
    "machine-kill": 5,
    "terraform-kill": 7,
    "guard-kill": 5,
    "daemon-stop": 8,
    "server-stop": 4,
    partition: 9,
    "daemon-term": 4,
    "server-term": 3,
    "disk-jobs": 3,
    "disk-data": 2,
    "database-lock": 4,
    "database-gone": 5,
    clock: 4,
  },
};

const MOMENT_WEIGHTS: Readonly<Record<MomentName, number>> = { inside: 62, anywhere: 14, claim: 8, applied: 11, ending: 5 };

/** What a run may be limited to. */
export interface Limits {
  readonly database?: DatabaseName;
  readonly daemon?: DaemonKind;
  readonly fault?: FaultName;
  readonly step?: StepName;
  readonly variant?: VariantName;
  readonly moment?: MomentName;
}

/** The grounds that the limits leave. */
export function groundsWithin({ database, daemon }: Limits): Ground[] {
  return DATABASES.filter((name) => database === undefined || name === database).flatMap((name) =>
    DAEMON_KINDS.filter((kind) => daemon === undefined || kind === daemon).map((kind) => ({ database: name, daemon: kind })),
  );
}

/** Whether there is such a fault on this ground. */
export function hasFault({ database, daemon }: Ground, fault: FaultName): boolean {
  return (FAULT_WEIGHTS[daemon][fault] ?? 0) > 0 && (fault !== "database-gone" || database === "postgres");
}

/**
 * @param unavailable faults that cannot be tried on this machine
 * @throws RangeError if the limits leave no fault
 */
export function planRun(seed: number, ground: Ground, limits: Limits, unavailable: ReadonlySet<FaultName>): Plan {
  const step = limits.step ?? chanceOf(seed, "step").weigh(STEP_WEIGHTS);
  const weights = Object.entries(FAULT_WEIGHTS[ground.daemon]).filter(
    ([name]) => hasFault(ground, name as FaultName) && !unavailable.has(name as FaultName),
  );
  const fault = limits.fault ?? chanceOf(seed, "fault").weigh<FaultName>(Object.fromEntries(weights));
  if (!hasFault(ground, fault)) throw new RangeError(`there is no fault ${fault} with ${ground.daemon} daemons on ${ground.database}`);
  const variant = limits.variant ?? chanceOf(seed, "variant").weigh(VARIANT_WEIGHTS);
  const moment = chanceOf(seed, "moment");
  const chosen = moment.weigh(MOMENT_WEIGHTS);
  const kind = limits.moment ?? (step === "import" && chosen === "inside" ? "anywhere" : chosen);
  return {
    ...ground,
    seed,
    step,
    variant: step === "import" ? "chain" : variant,
    fault,
    moment: { kind, share: moment.next(), rest: moment.next() },
    startsAgain: chanceOf(seed, "afterward").happens(0.35),
  };
}
