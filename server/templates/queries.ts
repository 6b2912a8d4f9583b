import { ruled } from "../access/ruled.ts";
import { createTemplateVersions, type TemplateVersions } from "./template-versions.ts";
import { createTemplates, type Templates } from "./templates.ts";

export const insertTemplate = ruled("templates.create", (context, ...args: Parameters<Templates["create"]>) =>
  createTemplates(context).create(...args),
);
export const getTemplate = ruled("templates.get", (context, ...args: Parameters<Templates["get"]>) =>
  createTemplates(context).get(...args),
);
export const getTemplateByName = ruled("templates.getByName", (context, ...args: Parameters<Templates["getByName"]>) =>
  createTemplates(context).getByName(...args),
);
export const listTemplates = ruled("templates.list", (context, ...args: Parameters<Templates["list"]>) =>
  createTemplates(context).list(...args),
);
export const updateTemplate = ruled("templates.update", (context, ...args: Parameters<Templates["update"]>) =>
  createTemplates(context).update(...args),
);
export const setActiveVersion = ruled("templates.setActiveVersion", (context, ...args: Parameters<Templates["setActiveVersion"]>) =>
  createTemplates(context).setActiveVersion(...args),
);
export const deleteTemplate = ruled("templates.delete", (context, ...args: Parameters<Templates["delete"]>) =>
  createTemplates(context).delete(...args),
);
export const insertTemplateVersion = ruled("templateVersions.create", (context, ...args: Parameters<TemplateVersions["create"]>) =>
  createTemplateVersions(context).create(...args),
);
export const getTemplateVersion = ruled("templateVersions.get", (context, ...args: Parameters<TemplateVersions["get"]>) =>
  createTemplateVersions(context).get(...args),
);
export const getTemplateVersionByName = ruled("templateVersions.getByName", (context, ...args: Parameters<TemplateVersions["getByName"]>) =>
  createTemplateVersions(context).getByName(...args),
);
export const listTemplateVersions = ruled("templateVersions.list", (context, ...args: Parameters<TemplateVersions["list"]>) =>
  createTemplateVersions(context).list(...args),
);
export const updateTemplateVersion = ruled("templateVersions.update", (context, ...args: Parameters<TemplateVersions["update"]>) =>
  createTemplateVersions(context).update(...args),
);
export const listParameters = ruled("templateVersions.parameters", (context, ...args: Parameters<TemplateVersions["parameters"]>) =>
  createTemplateVersions(context).parameters(...args),
);
export const listVariables = ruled("templateVersions.variables", (context, ...args: Parameters<TemplateVersions["variables"]>) =>
  createTemplateVersions(context).variables(...args),
);
export const listPresets = ruled("templateVersions.presets", (context, ...args: Parameters<TemplateVersions["presets"]>) =>
  createTemplateVersions(context).presets(...args),
);
