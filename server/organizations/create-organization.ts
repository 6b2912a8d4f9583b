import type { CreateOrganizationRequest } from "#sdk/organizations.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { type OrganizationId, UserId } from "../ids.ts";
import { insertMembership } from "../roles/role-rows.ts";
import { entryOf } from "./organization-entry.ts";
import { insertOrganizationRow, type Organization } from "./organization-rows.ts";
import { checkOrganizationTexts } from "./organization-rules.ts";

export interface NewOrganization {
  readonly name: string;
  readonly displayName: string;
  readonly description?: string;
  readonly icon?: string;
}

/** @throws InvalidInputError naming the fields */
export function parseNewOrganization(request: CreateOrganizationRequest): NewOrganization {
  const { name, display_name = "", description = "", icon = "" } = request;
  checkOrganizationTexts({ name, display_name, description, icon });
  return { name, displayName: display_name === "" ? name : display_name, description, icon };
}

/** Whoever creates it is its first member, without any role in it. @throws NameTakenError */
export const createOrganization = ruled(
  "organizations.create",
  async (context: Context, { name, displayName, description = "", icon = "" }: NewOrganization): Promise<Organization> => {
    const { guard, write, now, newId } = context;
    guard.requireOpenly("create", { type: "organization" });
    return write(async (tx) => {
      const at = now();
      const times = { created_at: at, updated_at: at };
      const texts = { name, display_name: displayName, description, icon };
      const made = await insertOrganizationRow(tx.db, { id: newId<OrganizationId>(), ...texts, is_default: false, ...times });
      if (guard.subject.kind === "user")
        await insertMembership(tx.db, { organization_id: made.id, user_id: UserId.parse(guard.subject.id), roles: [], ...times });
      await audit(context, tx, { ...entryOf(made), action: "create", after: made });
      return made;
    });
  },
);
