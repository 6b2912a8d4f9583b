/**
 * Records what keys are used for: it counts every allowed decision in memory, and writes the counts regularly. It knows neither SQL nor
 * HTTP.
 *
 * A crash loses what was counted since the last write, a few seconds; a clean shutdown loses nothing.
 */
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { Subject } from "#authz/subject.ts";

/** Uses of one scope of one key on one object, since the last write. */
export interface Use {
  readonly keyId: string;
  /** `type:action` */
  readonly scope: string;
  /** Empty: a list, or an object that was yet to be created. {@link MANY_OBJECTS}: one of the objects that are counted together. */
  readonly objectId: string;
  /** The number of uses. */
  readonly count: number;
  readonly firstUsed: Date;
  readonly lastUsed: Date;
}

/** The address from which one scope of one key was used, since the last write. */
export interface UseFrom {
  readonly keyId: string;
  readonly scope: string;
  readonly address: string;
  readonly count: number;
  readonly lastUsed: Date;
}

export interface UsageBatch {
  readonly uses: readonly Use[];
  readonly addresses: readonly UseFrom[];
}

/** Stands in place of an object's id. No object has it. */
export const MANY_OBJECTS = "*";

export interface UsageRecorder extends AsyncDisposable {
  /** For the guard. Takes constant time, does no I/O, and never throws. */
  onAllowed(subject: Subject, action: Action, object: { readonly type: ResourceType; readonly id?: string | undefined }): void;
  /** Writes what was counted so far. Rejects with the writer's error, and keeps the counts for the next time. */
  flush(): Promise<void>;
}

export interface UsageRecorderDeps {
  /** Adds to what is already written, all or nothing. */
  readonly add: (batch: UsageBatch) => Promise<void>;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
  /** Milliseconds between two writes. Default: 5 000. */
  readonly flushMs?: number;
  /** How many rows are counted in memory before they are written early. Default: 5 000, about a megabyte. */
  readonly mostRows?: number;
}

/** One row to be written: for a key's scope, on one object or from one address. */
interface Tally {
  readonly keyId: string;
  readonly scope: string;
  /** The object's id, or the address. */
  readonly detail: string;
  count: number;
  firstUsedMs: number;
  lastUsedMs: number;
}

/** Starts the timer; closing it writes what is left. */
export function startUsageRecorder({ add, now, onError, flushMs = 5_000, mostRows = 5_000 }: UsageRecorderDeps): UsageRecorder {
  let objects = new Map<string, Tally>();
  let addresses = new Map<string, Tally>();
  let uncounted = 0;
  let flushing: Promise<void> | undefined;
  let isClosed = false;

  /**
   * Above `mostRows`, which happens only while a write takes long or fails, new details of a scope are counted together as `otherwise`;
   * above twice as many, new scopes are not counted at all.
   */
  const count = (tallies: Map<string, Tally>, use: Tally, otherwise: string): void => {
    const rows = objects.size + addresses.size;
    const name = `${use.keyId} ${use.scope} ${use.detail}`;
    const known = tallies.get(name) ?? (rows < mostRows ? undefined : tallies.get(`${use.keyId} ${use.scope} ${otherwise}`));
    if (known !== undefined) {
      known.count += use.count;
      known.firstUsedMs = Math.min(known.firstUsedMs, use.firstUsedMs);
      known.lastUsedMs = Math.max(known.lastUsedMs, use.lastUsedMs);
    } else if (rows < mostRows) tallies.set(name, use);
    else if (rows < 2 * mostRows) tallies.set(`${use.keyId} ${use.scope} ${otherwise}`, { ...use, detail: otherwise });
    else uncounted += use.count;
  };
  const countObject = (use: Tally): void => count(objects, use, MANY_OBJECTS);
  const countAddress = (use: Tally): void => count(addresses, use, "");

  const write = async (): Promise<void> => {
    if (uncounted > 0) onError(new Error(`the use of API keys could not be written for so long that ${uncounted} uses were not counted`));
    uncounted = 0;
    if (objects.size === 0) return;
    const taken = { objects, addresses };
    objects = new Map();
    addresses = new Map();
    try {
      await add(batchOf([...taken.objects.values()], [...taken.addresses.values()]));
    } catch (error) {
      for (const use of taken.objects.values()) countObject(use);
      for (const use of taken.addresses.values()) countAddress(use);
      throw error;
    }
  };
  /** Runs one write at a time: the next one takes what was counted in the meantime. */
  const flush = async (): Promise<void> => {
    while (flushing !== undefined) await flushing.catch(() => {});
    flushing = write().finally(() => {
      flushing = undefined;
    });
    await flushing;
  };
  const flushInTurn = (): void => {
    if (flushing === undefined) flush().catch(onError);
  };
  const timer = setInterval(flushInTurn, flushMs);

  return {
    onAllowed: ({ credential, origin }, action, { type, id = "" }) => {
      if (isClosed || credential.id === "" || (credential.kind !== "session" && credential.kind !== "token")) return;
      const at = now().getTime();
      const use = { keyId: credential.id, scope: `${type}:${action}`, count: 1, firstUsedMs: at, lastUsedMs: at };
      countObject({ ...use, detail: id });
      countAddress({ ...use, detail: origin?.ipAddress ?? "" });
      if (objects.size + addresses.size >= mostRows) flushInTurn();
    },
    flush,
    [Symbol.asyncDispose]: async () => {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      await flush().catch(onError);
    },
  };
}

function batchOf(objects: readonly Tally[], addresses: readonly Tally[]): UsageBatch {
  const written = ({ keyId, scope, count, lastUsedMs }: Tally) => ({ keyId, scope, count, lastUsed: new Date(lastUsedMs) });
  return {
    uses: objects.map((use) => ({ ...written(use), objectId: use.detail, firstUsed: new Date(use.firstUsedMs) })),
    addresses: addresses.map((use) => ({ ...written(use), address: use.detail })),
  };
}
