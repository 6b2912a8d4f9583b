import { ruled } from "../access/ruled.ts";
import { createExternalAuthLinks, type ExternalAuthLinks } from "./links.ts";

export const findLink = ruled("externalAuthLinks.find", (context, ...args: Parameters<ExternalAuthLinks["find"]>) =>
  createExternalAuthLinks(context).find(...args),
);
export const listLinks = ruled("externalAuthLinks.list", (context, ...args: Parameters<ExternalAuthLinks["list"]>) =>
  createExternalAuthLinks(context).list(...args),
);
export const putLink = ruled("externalAuthLinks.put", (context, ...args: Parameters<ExternalAuthLinks["put"]>) =>
  createExternalAuthLinks(context).put(...args),
);
export const deleteLink = ruled("externalAuthLinks.delete", (context, ...args: Parameters<ExternalAuthLinks["delete"]>) =>
  createExternalAuthLinks(context).delete(...args),
);
