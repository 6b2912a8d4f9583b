import { ruled } from "../access/ruled.ts";
import { createOrganizationMembers, type OrganizationMembers } from "./organization-members.ts";
import { createOrganizations, type Organizations } from "./organizations.ts";

export const getOrganization = ruled("organizations.get", (context, ...args: Parameters<Organizations["get"]>) =>
  createOrganizations(context).get(...args),
);
export const getOrganizationByReference = ruled(
  "organizations.getByReference",
  (context, ...args: Parameters<Organizations["getByReference"]>) => createOrganizations(context).getByReference(...args),
);
export const findOwnOrganizationId = ruled("organizations.findOwnId", (context, ...args: Parameters<Organizations["findOwnId"]>) =>
  createOrganizations(context).findOwnId(...args),
);
export const listOrganizations = ruled("organizations.list", (context, ...args: Parameters<Organizations["list"]>) =>
  createOrganizations(context).list(...args),
);
export const listOrganizationsOfUser = ruled("organizations.listOfUser", (context, ...args: Parameters<Organizations["listOfUser"]>) =>
  createOrganizations(context).listOfUser(...args),
);
export const insertOrganization = ruled("organizations.create", (context, ...args: Parameters<Organizations["create"]>) =>
  createOrganizations(context).create(...args),
);
export const patchOrganization = ruled("organizations.update", (context, ...args: Parameters<Organizations["update"]>) =>
  createOrganizations(context).update(...args),
);
export const deleteOrganization = ruled("organizations.delete", (context, ...args: Parameters<Organizations["delete"]>) =>
  createOrganizations(context).delete(...args),
);
export const getMember = ruled("organizationMembers.get", (context, ...args: Parameters<OrganizationMembers["get"]>) =>
  createOrganizationMembers(context).get(...args),
);
export const listMembers = ruled("organizationMembers.list", (context, ...args: Parameters<OrganizationMembers["list"]>) =>
  createOrganizationMembers(context).list(...args),
);
export const listPossibleOwners = ruled(
  "organizationMembers.possibleOwners",
  (context, ...args: Parameters<OrganizationMembers["possibleOwners"]>) => createOrganizationMembers(context).possibleOwners(...args),
);
export const addMember = ruled("organizationMembers.add", (context, ...args: Parameters<OrganizationMembers["add"]>) =>
  createOrganizationMembers(context).add(...args),
);
export const removeMember = ruled("organizationMembers.remove", (context, ...args: Parameters<OrganizationMembers["remove"]>) =>
  createOrganizationMembers(context).remove(...args),
);
export const setMemberRoles = ruled("organizationMembers.setRoles", (context, ...args: Parameters<OrganizationMembers["setRoles"]>) =>
  createOrganizationMembers(context).setRoles(...args),
);
