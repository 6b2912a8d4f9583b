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
import type { Database } from "../database/database.ts";
import { MissingReferenceError } from "../database/failures.ts";
import { BUILT_IN_KEY_ID } from "../database/seed.ts";
import type { ProvisionerType } from "../database/tables/provisioning.ts";
import { type DaemonId, type OrganizationId, ProvisionerKeyId } from "../ids.ts";
import { findDaemon, upsertDaemon } from "./daemon-rows.ts";
import { findDefaultOrganizationId, findKeyByHash } from "./provisioner-key-rows.ts";
import type { Worker } from "./queue-rows.ts";
import { normalizeTags, type Tags } from "./tags.ts";

/** A daemon whose call was authenticated. */
export interface DaemonSession extends Worker {
  readonly name: string;
  readonly apiVersion: string;
  /** It asks for a state that is too large for its job's message. An older one would take the job for one without a state. */
  readonly canDownloadState: boolean;
}

export interface DaemonSessions {
  /** @throws StatusError UNAUTHENTICATED for the key, FAILED_PRECONDITION for the version, INVALID_ARGUMENT for the rest */
  open(metadata: Metadata): Promise<DaemonSession>;
}

/** The minimum time between updates of a daemon's `last_seen_at`. It must be well below the 90 s after which a daemon counts as offline. */
const SEEN_EVERY_MS = 30_000;
const NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?$/;

interface KeyOwner {
  readonly keyId: ProvisionerKeyId;
  readonly organizationId: OrganizationId;
  readonly tags: Tags;
}

/**
 * Authenticates daemons. The key is looked up for each call, so that a deleted key stops working at once.
 *
 * @param builtInKey the key of the daemons in this process, which is not stored in the database
 */
export function createDaemonSessions(core: Database, builtInKey: string): DaemonSessions {
  const builtInHash = hashSecret(builtInKey);

  const ownerOf = async (key: string): Promise<KeyOwner | undefined> => {
    if (!isSecret("provisioner", key)) return undefined;
    const hash = hashSecret(key);
    if (isSameHash(hash, builtInHash)) {
      const organizationId = await findDefaultOrganizationId(core.db);
      return { keyId: ProvisionerKeyId.parse(BUILT_IN_KEY_ID), organizationId, tags: {} };
    }
    const row = await findKeyByHash(core.db, hash);
    if (row === undefined || row.organization_id === null) return undefined;
    return { keyId: row.id, organizationId: row.organization_id, tags: row.tags };
  };

  return {
    open: async (metadata) => {
      const owner = await ownerOf(entry(metadata, DAEMON_KEY) ?? "");
      if (owner === undefined) throw unknownKey();
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
        name,
        provisioners,
        apiVersion: verdict.version,
        organizationId: owner.organizationId,
        tags: normalizeTags(undefined, owner.tags),
        canDownloadState: entry(metadata, DAEMON_DOWNLOADS_STATES) === "1",
      };
      // The key was deleted after it was looked up, which is the same as not found.
      const gone = (error: unknown): never => {
        throw error instanceof MissingReferenceError ? unknownKey(error) : error;
      };
      const id = await rememberDaemon(core, { ...daemon, keyId: owner.keyId, version: entry(metadata, BUILD_VERSION) ?? "" }).catch(gone);
      return { ...daemon, id };
    },
  };
}

function unknownKey(cause?: unknown): StatusError {
  return new StatusError("UNAUTHENTICATED", "the provisioner key is missing, malformed or unknown", { cause });
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

/** Stores the daemon. The same name under the same key keeps its ID, and with it the jobs that it holds. */
async function rememberDaemon(
  { db, write, now, newId }: Database,
  daemon: Omit<DaemonSession, "id"> & { readonly keyId: ProvisionerKeyId; readonly version: string },
): Promise<DaemonId> {
  const at = now();
  const identity = { organization_id: daemon.organizationId, key_id: daemon.keyId, name: daemon.name };
  const known = await findDaemon(db, identity);
  const facts = {
    provisioners: daemon.provisioners,
    tags: daemon.tags,
    version: daemon.version,
    api_version: daemon.apiVersion,
  };
  const isFresh =
    known !== undefined &&
    known.last_seen_at !== null &&
    at.getTime() - known.last_seen_at.getTime() < SEEN_EVERY_MS &&
    known.version === facts.version &&
    known.api_version === facts.api_version;
  if (isFresh) return known.id;
  return write((tx) => upsertDaemon(tx.db, { id: newId<DaemonId>(), ...identity, created_at: at }, { ...facts, last_seen_at: at }));
}
