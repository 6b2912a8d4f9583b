import type { Kysely, Transaction } from "kysely";
import { sql } from "kysely";
import type { Client } from "pg";
import { Backoff, type Sleep } from "#transport/backoff.ts";
import type { AgentId, JobId, OrganizationId, ProvisionerKeyId, WorkspaceId } from "../ids.ts";
import type { Tables } from "./tables.ts";

/** What was committed a moment ago, in this process or another one on the same database. It says where to look, not what is there. */
export type StoreEvent =
  | {
      readonly kind: "job_posted";
      readonly organizationId: OrganizationId;
      readonly provisioner: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  /** Logs were added, or the job's status changed. */
  | { readonly kind: "job_changed"; readonly jobId: JobId }
  /** A provisioner key was deleted: its daemons get no job anymore. */
  | { readonly kind: "key_deleted"; readonly keyId: ProvisionerKeyId }
  /** A build, its job, or an agent of the workspace changed. */
  | { readonly kind: "workspace_changed"; readonly workspaceId: WorkspaceId }
  | { readonly kind: "agent_logs"; readonly agentId: AgentId }
  | { readonly kind: "agent_metadata"; readonly agentId: AgentId }
  /** Events may have been missed, so every listener must look again. */
  | { readonly kind: "resync" };

export interface StoreEvents {
  /** @returns a function that ends the subscription; calling it twice is harmless */
  subscribe(listener: (event: StoreEvent) => void): () => void;
}

/** Carries events from committed transactions to listeners. */
export interface EventBus extends StoreEvents, AsyncDisposable {
  /** Called inside the transaction, last. */
  beforeCommit(trx: Transaction<Tables>, events: readonly StoreEvent[]): Promise<void>;
  /** Called when the transaction is committed. */
  afterCommit(events: readonly StoreEvent[]): void;
}

function createListeners(): { emit(event: StoreEvent): void; subscribe: StoreEvents["subscribe"] } {
  const listeners = new Set<(event: StoreEvent) => void>();
  return {
    emit: (event) => {
      for (const listener of [...listeners]) listener(event);
    },
    subscribe: (listener) => {
      // A wrapper, so that the same function may subscribe twice.
      const entry = (event: StoreEvent): void => listener(event);
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}

/** For a database that belongs to one process. */
export function localEvents(): EventBus {
  const { emit, subscribe } = createListeners();
  return {
    subscribe,
    beforeCommit: async () => {},
    afterCommit: (events) => events.forEach(emit),
    [Symbol.asyncDispose]: async () => {},
  };
}

const CHANNEL = "proviso_events";
/** PostgreSQL accepts less than 8000 bytes in a notification. */
const PAYLOAD_LIMIT = 7_900;

/**
 * For a database that several servers share. Events travel by NOTIFY, so that they are part of the transaction, and come back by LISTEN on
 * a separate connection. When that connection breaks it is opened again, and listeners get `resync`.
 *
 * @param sleep default: the real clock
 */
export async function postgresEvents(deps: {
  readonly connect: () => Promise<Client>;
  readonly sleep?: Sleep;
  readonly onError: (error: unknown) => void;
}): Promise<EventBus> {
  const { emit, subscribe } = createListeners();
  const closing = new AbortController();
  let current: Client | undefined;

  const listen = async (): Promise<void> => {
    const client = await deps.connect();
    client.on("notification", ({ payload }) => emit(parse(payload)));
    client.on("error", deps.onError);
    try {
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      // Otherwise it would stay open, and its end would start a second round of reconnecting beside the caller's.
      client.end().catch(() => {});
      throw error;
    }
    client.once("end", () => {
      if (!closing.signal.aborted) reconnecting = reconnect();
    });
    current = client;
  };
  const reconnect = async (): Promise<void> => {
    // Each server has one such connection: nothing comes back in step that chance would have to part.
    const backoff = new Backoff({ baseMs: 50, capMs: 5_000, jitter: 0, ...(deps.sleep !== undefined && { sleep: deps.sleep }) });
    while (!closing.signal.aborted) {
      try {
        await backoff.wait(closing.signal);
        await listen();
        emit({ kind: "resync" });
        return;
      } catch (error) {
        if (!closing.signal.aborted) deps.onError(error);
      }
    }
  };
  let reconnecting: Promise<void> = Promise.resolve();
  await listen();

  return {
    subscribe,
    beforeCommit: async (trx, events) => {
      for (const event of events) await notify(trx, event);
    },
    afterCommit: () => {},
    [Symbol.asyncDispose]: async () => {
      if (closing.signal.aborted) return;
      closing.abort(new Error("the store is closing"));
      await reconnecting;
      await current?.end();
    },
  };
}

async function notify(db: Kysely<Tables>, event: StoreEvent): Promise<void> {
  const payload = JSON.stringify(event);
  // Only a job's tags can be that long. A resync for everybody is slower, but correct.
  const fitting = Buffer.byteLength(payload) > PAYLOAD_LIMIT ? JSON.stringify({ kind: "resync" } satisfies StoreEvent) : payload;
  await sql`select pg_notify(${CHANNEL}, ${fitting})`.execute(db);
}

/** Only servers of the same database write to the channel. A newer one may send events that this program does not know: then it resyncs. */
function parse(payload: string | undefined): StoreEvent {
  try {
    const event: unknown = JSON.parse(payload ?? "");
    if (isEvent(event)) return event;
  } catch {
    // Continues with the resync below.
  }
  return { kind: "resync" };
}

const KINDS: readonly string[] = [
  "job_posted",
  "job_changed",
  "key_deleted",
  "workspace_changed",
  "agent_logs",
  "agent_metadata",
] satisfies StoreEvent["kind"][];

function isEvent(value: unknown): value is StoreEvent {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string" && KINDS.includes(value.kind);
}
