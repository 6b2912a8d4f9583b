import { organizationObject } from "#authz/object.ts";
import { isInOrganization } from "#authz/subject.ts";
import type { Context } from "../access/context.ts";
import { permitted } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import { NIL_UUID, OrganizationId, type UserId } from "../ids.ts";
import {
  findDefaultOrganization,
  findOrganization,
  findOrganizationByName,
  ORGANIZATION_OBJECT,
  type Organization,
  selectOrganizationList,
  selectOrganizationsOf,
} from "./organization-rows.ts";

export const getOrganization = ruled(
  "organizations.get",
  async (context: Context, id: OrganizationId): Promise<Organization> => readable(context, await findOrganization(context.db, id)),
);

/** @param reference a UUID, a name, `default`, or the all-zero UUID for the default one */
export const getOrganizationByReference = ruled(
  "organizations.getByReference",
  async (context: Context, reference: string): Promise<Organization> => readable(context, await byReference(context, reference)),
);

/** For an organization that the subject is in: its id, and nothing else. @param reference as for {@link getOrganizationByReference} */
export const findOwnOrganizationId = ruled(
  "organizations.findOwnId",
  async (context: Context, reference: string): Promise<OrganizationId | undefined> => {
    const id = (await byReference(context, reference))?.id;
    return id !== undefined && isInOrganization(context.guard.subject, id) ? id : undefined;
  },
);

/** By name. */
export const listOrganizations = ruled(
  "organizations.list",
  (context: Context): Promise<readonly Organization[]> => selectOrganizationList(context.db, mayRead(context)),
);

/** The organizations that a user is a member of, by name. */
export const listOrganizationsOfUser = ruled(
  "organizations.listOfUser",
  (context: Context, userId: UserId): Promise<readonly Organization[]> => selectOrganizationsOf(context.db, userId, mayRead(context)),
);

function readable({ guard }: Context, row: Organization | undefined): Organization {
  if (row === undefined) throw new NotFoundError("organization");
  guard.read(organizationObject(row.id), "organization");
  return row;
}

function mayRead(context: Context) {
  return permitted(context, "read", "organization", ORGANIZATION_OBJECT);
}

async function byReference({ db }: Context, reference: string): Promise<Organization | undefined> {
  if (reference === "default" || reference === NIL_UUID) return findDefaultOrganization(db);
  const byId = OrganizationId.is(reference) ? await findOrganization(db, OrganizationId.parse(reference)) : undefined;
  return byId ?? (await findOrganizationByName(db, reference));
}
