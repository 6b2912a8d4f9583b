import { Lifecycle_State } from "#proto/gen/agent_pb.js";

/** The states in order. No agent goes through all of them. */
const ORDER = [
  "created",
  "starting",
  "start_timeout",
  "start_error",
  "ready",
  "shutting_down",
  "shutdown_timeout",
  "shutdown_error",
  "off",
] as const;
export type LifecycleState = (typeof ORDER)[number];

export interface LifecycleChange {
  readonly state: LifecycleState;
  readonly changedAt: Date;
}

/** The agent's lifecycle state. It only moves forward: a start that ends during the shutdown no longer changes it. */
export class Lifecycle {
  #state: LifecycleState = "created";
  readonly #report: (change: LifecycleChange) => void;
  readonly #now: () => Date;

  constructor(report: (change: LifecycleChange) => void, now: () => Date) {
    this.#report = report;
    this.#now = now;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** @returns whether the move was forward, and therefore made and reported */
  move(state: LifecycleState): boolean {
    if (ORDER.indexOf(state) <= ORDER.indexOf(this.#state)) return false;
    this.#state = state;
    this.#report({ state, changedAt: this.#now() });
    return true;
  }
}

const WIRE = {
  created: Lifecycle_State.CREATED,
  starting: Lifecycle_State.STARTING,
  start_timeout: Lifecycle_State.START_TIMEOUT,
  start_error: Lifecycle_State.START_ERROR,
  ready: Lifecycle_State.READY,
  shutting_down: Lifecycle_State.SHUTTING_DOWN,
  shutdown_timeout: Lifecycle_State.SHUTDOWN_TIMEOUT,
  shutdown_error: Lifecycle_State.SHUTDOWN_ERROR,
  off: Lifecycle_State.OFF,
} as const satisfies Record<LifecycleState, Lifecycle_State>;

export function toWireState(state: LifecycleState): Lifecycle_State {
  return WIRE[state];
}
