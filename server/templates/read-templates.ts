import type { Context } from "../access/context.ts";
import { templateObjectOf } from "../access/objects.ts";
import { permittedTemplates } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { OrganizationId, TemplateId } from "../ids.ts";
import { findTemplate, findTemplateByName, findTemplates, type Template, type TemplateFilter } from "./template-rows.ts";

export const getTemplate = ruled("templates.get", async (context, id: TemplateId) => readable(context, await findTemplate(context.db, id)));

/** @param name in any letter case */
export const getTemplateByName = ruled("templates.getByName", async (context, organizationId: OrganizationId, name: string) =>
  readable(context, await findTemplateByName(context.db, organizationId, name)),
);

/** By name; without deleted ones. */
export const listTemplates = ruled(
  "templates.list",
  async (context, filter: TemplateFilter = {}): Promise<readonly Template[]> =>
    findTemplates(context.db, permittedTemplates(context, "read"), filter),
);

/** @throws NotFoundError */
function readable({ guard }: Context, row: Template | undefined): Template {
  if (row === undefined || row.deleted) throw new NotFoundError("template");
  guard.read(templateObjectOf(row), "template");
  return row;
}
