import { ruled } from "../access/ruled.ts";
import { InUseError } from "../errors.ts";
import type { TemplateId } from "../ids.ts";
import { changeTemplate } from "./change-template.ts";
import { hasWorkspaces, updateTemplateRow } from "./template-rows.ts";

/** @throws InUseError while workspaces use it */
export const deleteTemplate = ruled("templates.delete", async (context, id: TemplateId): Promise<void> => {
  await changeTemplate(context, id, "delete", async ({ db }) => {
    if (await hasWorkspaces(db, id)) throw new InUseError("All workspaces must be deleted before a template can be removed.");
    await updateTemplateRow(db, id, { deleted: true, updated_at: context.now() });
  });
});
