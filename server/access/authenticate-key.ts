import { hash } from "node:crypto";
import type { Subject } from "#authz/subject.ts";
import { hashSecret, isSameHash, isSecret } from "#credentials/secret.ts";
import type { Database } from "../database/database.ts";
import { exactCache } from "./exact-cache.ts";
import { createKeyUpkeep } from "./key-upkeep.ts";
import type { KeyUse } from "./key-upkeep-rules.ts";
import type { PersonRoles, User } from "./person-rows.ts";
import { endOfKey, subjectOfKey, type UnknownValue } from "./subject-of-key.ts";
import { type ApiKey, findKeyOfPerson } from "./used-key-rows.ts";

export interface AuthenticatedKey {
  readonly key: ApiKey;
  readonly user: User;
  readonly roles: PersonRoles;
  /** Has no origin. The same object is returned as long as nothing has changed. */
  readonly subject: Subject;
}

interface StoredKey extends AuthenticatedKey {
  /** The hash of the secret. */
  readonly hash: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** Creates `withApiKey` of authentication.ts, with its own cache and its own upkeep. */
export function createKeyAuthentication(
  core: Database,
  complain: (unknown: UnknownValue) => void,
): (text: string, use: KeyUse) => Promise<AuthenticatedKey | undefined> {
  const keys = exactCache<StoredKey>(core.stamp);
  const keepUp = createKeyUpkeep(core);

  const opened = async (text: string): Promise<StoredKey | undefined> => {
    // Once the secret was compared with the stored hash, the key is found by a hash of the whole text; the text itself is not kept.
    const name = hash("sha256", text, "base64");
    const key = (await keys.findTogether(name)) ?? (await keys.load(name, () => checkedKey(text)));
    return key === undefined || key.endsAt <= core.now().getTime() || key.user.status === "suspended" ? undefined : key;
  };
  const checkedKey = async (text: string): Promise<StoredKey | undefined> => {
    const [, id = "", secret = ""] = /^([0-9A-Za-z]{10})-(.+)$/.exec(text) ?? [];
    if (!isSecret("session", secret) && !isSecret("token", secret)) return undefined;
    const key = await findKey(core, id, complain);
    return key !== undefined && isSameHash(key.hash, hashSecret(secret)) ? key : undefined;
  };

  return async (text, use) => {
    const found = await opened(text);
    const kept = found && keepUp(found, use);
    if (kept === undefined) return found;
    await kept;
    // The key may have expired, or its user may have been deleted, in the meantime.
    return opened(text);
  };
}

async function findKey(
  { db }: Pick<Database, "db">,
  id: string,
  complain: (unknown: UnknownValue) => void,
): Promise<StoredKey | undefined> {
  const found = await findKeyOfPerson(db, id).catch((error: unknown) => {
    if (!(error instanceof SyntaxError)) throw error;
    complain({ keyId: id, userId: "", problem: "a stored list is not valid JSON" });
    return undefined;
  });
  if (found === undefined) return undefined;
  const { key, hashedSecret, user, roles } = found;
  const unknown = (problem: string): void => complain({ keyId: id, userId: user.id, problem });
  const made = subjectOfKey(key, roles, (name) => unknown(`unknown role ${JSON.stringify(name)} grants nothing`));
  if (made.kind === "known") return { hash: hashedSecret, key, user, roles, subject: made.subject, endsAt: endOfKey(key) };
  unknown(made.problem);
  return undefined;
}
