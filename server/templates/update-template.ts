import { ruled } from "../access/ruled.ts";
import type { TemplateId } from "../ids.ts";
import { changeTemplate } from "./change-template.ts";
import { nameTaken } from "./name-taken.ts";
import { type TemplateSettings, updateTemplateRow } from "./template-rows.ts";

/** @throws NameTakenError */
export const updateTemplate = ruled("templates.update", (context, id: TemplateId, settings: TemplateSettings) =>
  changeTemplate(context, id, "update", async ({ db }) => {
    const set = { ...settings, updated_at: context.now() };
    await updateTemplateRow(db, id, set).catch(nameTaken("template", settings.name ?? ""));
  }),
);
