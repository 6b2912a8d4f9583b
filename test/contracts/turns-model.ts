/** The rule of whose turn it is (docs/decisions/0026-people-take-turns.md), as a pure function of what waits and runs: what SQL must agree with. */
export interface Waiting {
  readonly id: string;
  readonly by: string;
  readonly yields: boolean;
  readonly createdAt: number;
}

export interface Turn {
  readonly by: string;
  readonly yields: boolean;
  readonly last: number;
  /** Undefined: nobody waits. */
  readonly since: number | undefined;
}

export interface QueueModel {
  readonly waiting: readonly Waiting[];
  /** Who asked for each running job. */
  readonly running: readonly string[];
  readonly turns: readonly Turn[];
}

const YIELDING_MS = 1_800_000;
const turnOf = (turns: readonly Turn[], { by, yields }: Pick<Turn, "by" | "yields">): Turn =>
  turns.find((turn) => turn.by === by && turn.yields === yields) ?? { by, yields, last: 0, since: undefined };
const withTurn = (turns: readonly Turn[], turn: Turn): Turn[] => [
  ...turns.filter(({ by, yields }) => by !== turn.by || yields !== turn.yields),
  turn,
];
const joined = (turns: readonly Turn[], job: Waiting): Turn[] => {
  const turn = turnOf(turns, job);
  return withTurn(turns, { ...turn, since: turn.since ?? job.createdAt });
};
const compare = <T extends readonly (string | number)[]>(left: T, right: T): number => {
  const at = left.findIndex((value, index) => value !== right[index]);
  if (at < 0) return 0;
  return (left[at] as string | number) < (right[at] as string | number) ? -1 : 1;
};

export function post(model: QueueModel, job: Waiting): QueueModel {
  return { ...model, waiting: [...model.waiting, job], turns: joined(model.turns, job) };
}

/** What waits too long no longer yields. */
export function endYielding(model: QueueModel, now: number): QueueModel {
  let { turns } = model;
  const old = model.waiting.filter((job) => job.yields && job.createdAt < now - YIELDING_MS);
  for (const job of old.toSorted((left, right) => left.createdAt - right.createdAt)) turns = joined(turns, { ...job, yields: false });
  return { ...model, turns, waiting: model.waiting.map((job) => (old.includes(job) ? { ...job, yields: false } : job)) };
}

/** The oldest job of whoever comes first: those whom people wait for, then by the last turn. */
function first({ waiting, turns }: QueueModel, passedOver: readonly string[] = []): Waiting | undefined {
  const key = (job: Waiting) => {
    const turn = turnOf(turns, job);
    return [Number(job.yields), turn.last, turn.since ?? 0, job.by, job.createdAt, job.id] as const;
  };
  return waiting.filter((job) => !passedOver.includes(job.by)).toSorted((left, right) => compare(key(left), key(right)))[0];
}

/** The job that is given out next. Whoever has `limit` running jobs is passed over while somebody else waits who has not. */
export function next(model: QueueModel, limit: number): Waiting | undefined {
  const has = (by: string): number => model.running.filter((each) => each === by).length;
  const enough = [...new Set(model.running)].filter((by) => has(by) >= limit);
  return first(model, enough) ?? first(model);
}

export function give(model: QueueModel, job: Waiting): QueueModel {
  const waiting = model.waiting.filter(({ id }) => id !== job.id);
  const rest = waiting.filter(({ by, yields }) => by === job.by && yields === job.yields).map(({ createdAt }) => createdAt);
  const last = 1 + Math.max(0, ...model.turns.map((turn) => turn.last));
  const since = rest.length === 0 ? undefined : Math.min(...rest);
  return { waiting, running: [...model.running, job.by], turns: withTurn(model.turns, { by: job.by, yields: job.yields, last, since }) };
}

/** The order in which one daemon would get all jobs, if nobody added one. */
export function order(model: QueueModel): string[] {
  const ids: string[] = [];
  for (let left = model; ; ) {
    const job = first(left);
    if (job === undefined) return ids;
    ids.push(job.id);
    left = give(left, job);
  }
}
