import type { Context } from "../access/context.ts";
import { templateObjectOf } from "../access/objects.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { NotFoundError } from "../errors.ts";
import type { TemplateId } from "../ids.ts";
import { templateEntry } from "./template-entry.ts";
import { findTemplateToChange, getStoredTemplate, type Template } from "./template-rows.ts";

/**
 * One transaction for a change of a template that is locked meanwhile, with its audit entry.
 *
 * @returns the template after `work`
 * @throws NotFoundError for one that does not exist, is deleted or may not be read, ForbiddenError
 */
export function changeTemplate(
  context: Context,
  id: TemplateId,
  action: "update" | "delete",
  work: (tx: Tx) => Promise<void>,
): Promise<Template> {
  return context.write(async (tx) => {
    const template = await findTemplateToChange(tx.db, context.dialect, id);
    if (template === undefined || template.deleted) throw new NotFoundError("template");
    context.guard.require(action, templateObjectOf(template), "template");
    await work(tx);
    const changed = await getStoredTemplate(tx.db, id);
    const states = action === "delete" ? { before: template } : { before: template, after: changed };
    await audit(context, tx, { ...templateEntry(template, action === "delete" ? "delete" : "write"), ...states });
    return changed;
  });
}
