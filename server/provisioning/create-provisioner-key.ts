import { provisionerDaemonObject } from "#authz/object.ts";
import { formatSecret, hashSecret } from "#credentials/secret.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { UniqueViolationError } from "../database/failures.ts";
import { holdOrganization } from "../database/locks.ts";
import { NameTakenError } from "../errors.ts";
import { type OrganizationId, type ProvisionerKeyId, UserId } from "../ids.ts";
import { insertKeyRow, type ProvisionerKey, withoutSecret } from "./provisioner-key-rows.ts";
import { aboutKey, checkKeyName } from "./provisioner-key-rules.ts";
import { normalizeTags, type Tags } from "./tags.ts";

export interface NewProvisionerKey {
  readonly organizationId: OrganizationId;
  readonly name: string;
  readonly tags: Tags;
}

/** Creates a key. `secret` is shown once and never stored. @throws NameTakenError, InvalidInputError for a reserved name */
export const createProvisionerKey = ruled(
  "provisionerKeys.create",
  async (context: Context, wish: NewProvisionerKey): Promise<{ readonly key: ProvisionerKey; readonly secret: string }> => {
    const { organizationId, name } = wish;
    context.guard.requireOpenly("create", provisionerDaemonObject({ organizationId }));
    checkKeyName(name);
    const secret = formatSecret("provisioner");
    const row = await context.write(async (tx) => {
      await holdOrganization(context, tx, organizationId);
      const made = await insertKeyRow(tx.db, {
        id: context.newId<ProvisionerKeyId>(),
        organization_id: organizationId,
        name,
        hashed_secret: hashSecret(secret),
        tags: normalizeTags(undefined, wish.tags),
        maker_id: makerOf(context),
        created_at: context.now(),
      }).catch((error: unknown) => {
        throw error instanceof UniqueViolationError ? new NameTakenError("provisioner key", "name", name, { cause: error }) : error;
      });
      await audit(context, tx, { ...aboutKey(made), action: "create", after: made });
      return made;
    });
    return { key: withoutSecret(row), secret };
  },
);

/** Null if the server itself makes a key. */
function makerOf({ guard: { subject } }: Context): UserId | null {
  return subject.kind === "internal" ? null : UserId.parse(subject.id);
}
