/**
 * What must hold after every run, whatever happened in it: functions of what was observed, which return what is wrong in a sentence each.
 */
import type { MadeEvent } from "./made.ts";
import type { SeenState } from "./state-watch.ts";
import type { TerraformState } from "./terraform-state.ts";
import type { Writes } from "./writes.ts";

export type Rule =
  | "job-ends"
  | "acknowledged"
  | "last-state-kept"
  | "nothing-unknown"
  | "late-state-told"
  | "one-apply"
  | "tokens-end"
  | "database-whole"
  | "nothing-left-over"
  | "next-build"
  | "undisturbed"
  | "shutdown-ends";

export interface Violation {
  readonly rule: Rule;
  readonly says: string;
}

/** What is there once everything runs again, the job has ended, and all is quiet. */
export interface Observation {
  /** Undefined: within the bound it did not. */
  readonly endedAfterMs: number | undefined;
  readonly boundMs: number;
  readonly status: string | undefined;
  readonly error: string;
  /** Whether the fault is one that a job has to survive. */
  readonly isHarmless: boolean;
  /** Whether the machine had so much to do that a lease could end for want of a processor. */
  readonly isStarved: boolean;
  /** Why what Terraform had in hand may be lost: it may have been killed itself, or its state could not be written. */
  readonly mayLose: "killed" | "full disk" | undefined;
  /** What Terraform wrote during the step. */
  readonly seen: readonly SeenState[];
  /** What the server has of the step's build. */
  readonly kept: TerraformState | undefined;
  /** A state of the step's build that came too late, and that the server keeps beside its own. */
  readonly keptBeside: TerraformState | undefined;
  /** A build that began before everything ran again, and perhaps before the step's last state had come. */
  readonly next: { readonly kept: TerraformState | undefined; readonly log: string } | undefined;
  readonly events: readonly MadeEvent[];
  /** How many resources Terraform has in hand at most. */
  readonly atOnce: number;
  /** IDs of what exists. */
  readonly world: ReadonlySet<string>;
  /** IDs of what exists and is known to be lost already. */
  readonly forgiven: ReadonlySet<string>;
  /** Acknowledged objects that the server does not know any more. */
  readonly missing: readonly string[];
  readonly writes: Writes;
  readonly written: number;
  /** Tokens that must not work, and do. */
  readonly liveTokens: readonly string[];
  /** `ok`, or what is wrong. */
  readonly integrity: string;
  /** Processes and folders that should have gone. */
  readonly leftOver: readonly string[];
  /** Programs that did not end when they were asked to. */
  readonly stillRunning: readonly string[];
}

type Check = (seen: Observation) => string[];

const jobEnds: Check = ({ endedAfterMs, boundMs }) => (endedAfterMs === undefined ? [`the job has not ended within ${boundMs} ms`] : []);

const acknowledged: Check = ({ missing, writes, written }) => [
  ...missing.map((path) => `${path} was acknowledged and is gone`),
  ...(written < writes.acknowledged ? [`the write of ${writes.acknowledged} was acknowledged, and the value is ${written}`] : []),
  ...(written > writes.sent ? [`the value is ${written}, which nobody wrote`] : []),
  ...writes.strange.map((answer) => `a write was answered with ${answer}`),
];

/** Terraform raises the serial with every write that changes something. */
const lastStateKept: Check = ({ seen, kept: own, keptBeside, mayLose }) => {
  const kept = keptBeside ?? own;
  const last = seen.map(({ state }) => state).toSorted((a, b) => a.serial - b.serial);
  return last.slice(-1).flatMap(({ lineage, serial, ids }) => {
    // Nothing is lost with a state that has never held anything.
    if (kept === undefined)
      return ids.size === 0 ? [] : [`Terraform wrote serial ${serial} with ${ids.size} resources, and no state is kept`];
    if (kept.lineage !== lineage) return [`the lineage of the kept state is ${kept.lineage}, and Terraform wrote ${lineage}`];
    if (kept.serial < serial) return [`Terraform wrote serial ${serial}, and serial ${kept.serial} is kept`];
    // What Terraform writes elsewhere because its state file could not be written has that file's serial, and more or less in it.
    const isOtherFile = mayLose === "full disk";
    const lost = kept.serial > serial || isOtherFile ? [] : [...ids].filter((id) => !kept.ids.has(id));
    return lost.map((id) => `serial ${serial} is kept without ${id}, which Terraform wrote in it`);
  });
};

const nothingUnknown: Check = (observation) => {
  const unknown = unknownIds(observation);
  const allowed = observation.mayLose !== undefined ? lostInHand(observation) : new Set();
  return unknown.filter((id) => !allowed.has(id)).map((id) => `${id} exists and is in no state`);
};

/** IDs of what exists and is in no state that the server has. */
export function unknownIds({ world, forgiven, kept, keptBeside, next }: Observation): string[] {
  const known = new Set([kept, keptBeside, next?.kept].flatMap((state) => [...(state?.ids ?? [])]));
  return [...world].filter((id) => !forgiven.has(id) && !known.has(id));
}

/**
 * IDs of what exists and is only in a state that came after the next build had begun without it. A build that began with it has replaced
 * what was tainted, which Terraform forgets without destroying it.
 */
export function lateIds({ world, forgiven, kept, keptBeside, next }: Observation): string[] {
  if (next === undefined) return [];
  const late = new Set([kept, keptBeside].flatMap((state) => [...(state?.ids ?? [])]));
  const began = kept !== undefined && next.kept?.lineage === kept.lineage && next.kept.serial > kept.serial ? kept.tainted : new Set();
  return [...world].filter((id) => !forgiven.has(id) && late.has(id) && next.kept?.ids.has(id) !== true && !began.has(id));
}

const lateStateIsTold: Check = (observation) =>
  lateIds(observation).length > 0 && !/arrived only now/.test(observation.next?.log ?? "")
    ? ["a state came after the next build had begun without it, and that build's log does not say so"]
    : [];

/**
 * What Terraform can have had in hand when it was killed: it writes what it has made before it begins something else in its place. What it
 * wrote is not among it.
 */
function lostInHand({ events, seen, atOnce }: Observation): Set<string> {
  const written = new Set(seen.flatMap(({ state }) => [...state.ids]));
  const begun = events.flatMap(({ kind, act, id }) => (kind === "begin" && act === "create" ? [id] : []));
  return new Set(begun.slice(-atOnce).filter((id) => !written.has(id)));
}

const oneApply = ({ events }: Pick<Observation, "events">): string[] =>
  events.flatMap((event) =>
    event.kind === "overlap"
      ? [`Terraform ${event.pid} changed ${event.id} while Terraform ${event.other} of the same workspace lived`]
      : [],
  );

const tokensEnd: Check = ({ liveTokens }) => liveTokens.map((what) => `${what} still works`);

const databaseWhole: Check = ({ integrity }) => (integrity === "ok" ? [] : [`integrity_check: ${integrity}`]);

const nothingLeftOver: Check = ({ leftOver }) => leftOver.map((what) => `left over: ${what}`);

const undisturbed: Check = ({ isHarmless, status, error, isStarved }) => {
  if (!isHarmless || status === undefined || status === "succeeded" || status === "canceled") return [];
  return isStarved && /lease/.test(error) ? [] : [`the job ended as ${status}: ${error}`];
};

const shutdownEnds: Check = ({ stillRunning }) => stillRunning.map((what) => `${what} did not end when it was asked to`);

const CHECKS: Readonly<Record<Exclude<Rule, "next-build">, Check>> = {
  "job-ends": jobEnds,
  acknowledged,
  "last-state-kept": lastStateKept,
  "nothing-unknown": nothingUnknown,
  "late-state-told": lateStateIsTold,
  "one-apply": oneApply,
  "tokens-end": tokensEnd,
  "database-whole": databaseWhole,
  "nothing-left-over": nothingLeftOver,
  undisturbed,
  "shutdown-ends": shutdownEnds,
};

export function checkObservation(observation: Observation): Violation[] {
  return Object.entries(CHECKS).flatMap(([rule, check]) => check(observation).map((says) => ({ rule: rule as Rule, says })));
}

/** What the builds after the step left. */
export interface Afterward {
  readonly builds: readonly { readonly what: string; readonly status: string; readonly error: string }[];
  /** What exists after a build, is in no state, and was not known to be lost before it. */
  readonly unknown: readonly { readonly id: string; readonly after: string }[];
  /** Tokens that work and must not, or do not work and must. */
  readonly wrongTokens: readonly string[];
  /** Of these builds only. */
  readonly events: readonly MadeEvent[];
}

export function checkAfterward({ builds, unknown, wrongTokens, events }: Afterward): Violation[] {
  const failed = builds.filter(({ status }) => status !== "succeeded");
  const found: readonly [Rule, readonly string[]][] = [
    ["next-build", failed.map(({ what, status, error }) => `the next ${what} ended as ${status}: ${error}`)],
    ["nothing-unknown", unknown.map(({ id, after }) => `${id} exists after the ${after} and is in no state`)],
    ["tokens-end", wrongTokens],
    ["one-apply", oneApply({ events })],
  ];
  return found.flatMap(([rule, says]) => says.map((each) => ({ rule, says: each })));
}
