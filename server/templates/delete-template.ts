import { ruled } from "../access/ruled.ts";
import { InUseError } from "../errors.ts";
import type { TemplateId } from "../ids.ts";
import { cancelJobs } from "../provisioning/cancel-locked-job.ts";
import { changeTemplate } from "./change-template.ts";
import { TEMPLATE_IMPORT } from "./import-job.ts";
import { findOpenImports } from "./import-rows.ts";
import { hasWorkspaces, updateTemplateRow } from "./template-rows.ts";

/** Deletes a template and cancels the imports of its versions. @throws InUseError while workspaces use it */
export const deleteTemplate = ruled("templates.delete", async (context, id: TemplateId): Promise<void> => {
  await changeTemplate(context, id, "delete", async (tx) => {
    if (await hasWorkspaces(tx.db, id)) throw new InUseError("All workspaces must be deleted before a template can be removed.");
    await updateTemplateRow(tx.db, id, { deleted: true, updated_at: context.now() });
    // Nobody can find them anymore, to cancel them, and nobody can use what they would find out.
    const reason = "The template was deleted, so the import of its version was canceled.";
    await cancelJobs(context, tx, [TEMPLATE_IMPORT], await findOpenImports(tx.db, id), reason);
  });
});
