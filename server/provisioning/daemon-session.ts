import type { Metadata } from "@grpc/grpc-js";
import { hashSecret, isSameHash, isSecret } from "#credentials/secret.ts";
import { acceptVersion } from "#proto/api-version.ts";
import {
  BUILD_VERSION,
  DAEMON_API_VERSION,
  DAEMON_DOWNLOADS_STATES,
  DAEMON_KEY,
  DAEMON_NAME,
  DAEMON_PROVISIONERS,
  PROVISIONER_API_LEVEL,
} from "#proto/call-metadata.ts";
import { StatusError } from "#proto/status.ts";
import { TEXT_LIMITS } from "#sdk/limits.ts";
import type { Database } from "../database/database.ts";
import { MissingReferenceError } from "../database/failures.ts";
import { BUILT_IN_KEY_ID } from "../database/seed.ts";
import type { ProvisionerType } from "../database/tables/provisioning.ts";
import { type DaemonId, type OrganizationId, ProvisionerKeyId } from "../ids.ts";
import { findDaemon, upsertDaemon } from "./daemon-rows.ts";
import { KeyDeletedError, unknownKey } from "./key-errors.ts";
import { findDefaultOrganizationId, findKeyByHash } from "./provisioner-key-rows.ts";
import { holdsRunningJob, type Worker } from "./queue-rows.ts";
import { normalizeTags, type Tags } from "./tags.ts";

/** A daemon whose call was authenticated. */
export interface DaemonSession extends Worker {
  readonly keyId: ProvisionerKeyId;
  readonly name: string;
  readonly apiVersion: string;
  /** It asks for a state that is too large for its job's message. An older one would take the job for one without a state. */
  readonly canDownloadState: boolean;
  /** The key was deleted: all that is left to the daemon is to bring its running jobs to an end. */
  readonly isRevoked: boolean;
}

/** Both throw StatusError: UNAUTHENTICATED for the key, FAILED_PRECONDITION for the version, INVALID_ARGUMENT for the rest. */
export interface DaemonSessions {
  /** For calls that need a key which is not deleted. */
  open(metadata: Metadata): Promise<DaemonSession>;
  /** For calls about a job that the daemon holds. Also accepts a daemon whose key was deleted, as long as it holds a job. */
  openForHeldJob(metadata: Metadata): Promise<DaemonSession>;
}

export interface DaemonSessionDeps {
  /** The key of the daemons in this process, which is not stored in the database. */
  readonly builtInKey: string;
  /** Identifies this server's data directory. */
  readonly home: string;
  /** The time of a monotonic clock in milliseconds. Default: the process's own. */
  readonly monotonicMs?: () => number;
}

/** The minimum time between updates of a daemon's `last_seen_at`. It must be well below the 90 s after which a daemon counts as offline. */
const SEEN_EVERY_MS = 30_000;
/** More than the number of daemons that a server has. */
const SEEN_KEPT = 10_000;
const NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?$/;

interface KeyOwner {
  readonly keyId: ProvisionerKeyId;
  readonly organizationId: OrganizationId;
  readonly tags: Tags;
  readonly isRevoked: boolean;
  readonly home?: string;
}

/** Authenticates daemons. The key is looked up for each call, so that a deleted key stops working at once. */
export function createDaemonSessions(core: Database, deps: DaemonSessionDeps): DaemonSessions {
  const { builtInKey, home, monotonicMs = () => performance.now() } = deps;
  const builtInHash = hashSecret(builtInKey);
  // When this process last stored that it has seen a daemon. The stored time may be another server's, or from before a change of the clock.
  const seenAtMs = new Map<DaemonId, number>();

  const ownerOf = async (key: string): Promise<KeyOwner | undefined> => {
    if (!isSecret("provisioner", key)) return undefined;
    const hash = hashSecret(key);
    if (isSameHash(hash, builtInHash)) {
      const organizationId = await findDefaultOrganizationId(core.db);
      return { keyId: ProvisionerKeyId.parse(BUILT_IN_KEY_ID), organizationId, tags: {}, isRevoked: false, home };
    }
    const row = await findKeyByHash(core.db, hash);
    if (row === undefined || row.organization_id === null) return undefined;
    return { keyId: row.id, organizationId: row.organization_id, tags: row.tags, isRevoked: row.deleted_at !== null };
  };

  const openWith = async (metadata: Metadata, owner: KeyOwner): Promise<DaemonSession> => {
    const verdict = acceptVersion(entry(metadata, DAEMON_API_VERSION), PROVISIONER_API_LEVEL);
    if (verdict.kind === "refused") throw new StatusError("FAILED_PRECONDITION", verdict.reason);
    const name = entry(metadata, DAEMON_NAME) ?? "";
    if (!NAME.test(name))
      throw new StatusError(
        "INVALID_ARGUMENT",
        `${JSON.stringify(name.slice(0, 80))} is not a valid daemon name: expected 1 to 64 letters, digits and inner hyphens`,
      );
    const provisioners = parseProvisioners(entry(metadata, DAEMON_PROVISIONERS) ?? "terraform");
    const daemon = {
      ...owner,
      name,
      provisioners,
      apiVersion: verdict.version,
      tags: normalizeTags(undefined, owner.tags),
      canDownloadState: entry(metadata, DAEMON_DOWNLOADS_STATES) === "1",
    };
    if (owner.isRevoked) return { ...daemon, id: await findHolder(core, daemon) };
    // The key was deleted after it was looked up, which is the same as not found.
    const gone = (error: unknown): never => {
      throw error instanceof MissingReferenceError ? unknownKey(error) : error;
    };
    const id = await rememberDaemon({ ...daemon, version: (entry(metadata, BUILD_VERSION) ?? "").slice(0, TEXT_LIMITS.name) }).catch(gone);
    return { ...daemon, id };
  };

  /** Stores the daemon. The same name under the same key keeps its ID, and with it the jobs that it holds. */
  const rememberDaemon = async (daemon: Omit<DaemonSession, "id"> & { readonly version: string }): Promise<DaemonId> => {
    const identity = identityOf(daemon);
    const known = await findDaemon(core.db, identity);
    const facts = {
      provisioners: daemon.provisioners,
      tags: daemon.tags,
      version: daemon.version,
      api_version: daemon.apiVersion,
    };
    const at = core.now();
    const atMs = monotonicMs();
    const isFresh =
      known !== undefined &&
      atMs - (seenAtMs.get(known.id) ?? Number.NEGATIVE_INFINITY) < SEEN_EVERY_MS &&
      known.version === facts.version &&
      known.api_version === facts.api_version;
    if (isFresh) return known.id;
    const made = { id: core.newId<DaemonId>(), ...identity, created_at: at };
    const id = await core.write((tx) => upsertDaemon(tx.db, made, { ...facts, last_seen_at: at }));
    if (seenAtMs.size >= SEEN_KEPT) seenAtMs.clear();
    seenAtMs.set(id, atMs);
    return id;
  };

  return {
    open: async (metadata) => {
      const owner = await ownerOf(entry(metadata, DAEMON_KEY) ?? "");
      if (owner === undefined) throw unknownKey();
      if (owner.isRevoked) throw new KeyDeletedError();
      return openWith(metadata, owner);
    },
    openForHeldJob: async (metadata) => {
      const owner = await ownerOf(entry(metadata, DAEMON_KEY) ?? "");
      if (owner === undefined) throw unknownKey();
      return openWith(metadata, owner);
    },
  };
}

function identityOf({ organizationId, keyId, name }: Pick<DaemonSession, "organizationId" | "keyId" | "name">) {
  return { organization_id: organizationId, key_id: keyId, name };
}

/** Finds a daemon whose key was deleted. @throws KeyDeletedError unless it holds a job that has not ended */
async function findHolder({ db }: Database, daemon: Pick<DaemonSession, "organizationId" | "keyId" | "name">): Promise<DaemonId> {
  const known = await findDaemon(db, identityOf(daemon));
  if (known === undefined || !(await holdsRunningJob(db, known.id))) throw new KeyDeletedError();
  return known.id;
}

function entry(metadata: Metadata, name: string): string | undefined {
  const [value] = metadata.get(name);
  return value === undefined ? undefined : value.toString();
}

function parseProvisioners(list: string): ProvisionerType[] {
  const known = list.split(",").flatMap((name): ProvisionerType[] => {
    const trimmed = name.trim();
    return trimmed === "terraform" || trimmed === "echo" ? [trimmed] : [];
  });
  if (known.length === 0)
    throw new StatusError(
      "INVALID_ARGUMENT",
      `the daemon offers no known provisioner: got ${JSON.stringify(list.slice(0, 80))}, expected "terraform" or "echo"`,
    );
  return known;
}
