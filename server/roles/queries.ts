import { ruled } from "../access/ruled.ts";
import { createRoles, type Roles } from "./roles.ts";

export const listSiteRoles = ruled("roles.ofSite", (context, ...args: Parameters<Roles["ofSite"]>) => createRoles(context).ofSite(...args));
export const listOrganizationRoles = ruled("roles.ofOrganization", (context, ...args: Parameters<Roles["ofOrganization"]>) =>
  createRoles(context).ofOrganization(...args),
);
