import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { NotFoundError } from "../errors.ts";
import type { TemplateVersionId } from "../ids.ts";
import { nameTaken } from "./name-taken.ts";
import { versionObject, withJob } from "./readable-version.ts";
import { versionEntry } from "./version-entry.ts";
import { findVersion, getVersionRow, updateVersionRow } from "./version-rows.ts";

interface VersionPatch {
  readonly name?: string;
  readonly message?: string;
}

/** @throws NameTakenError within the template */
export const updateTemplateVersion = ruled(
  "templateVersions.update",
  async (context, id: TemplateVersionId, { name, message }: VersionPatch) => {
    const set = { ...(name !== undefined && { name }), ...(message !== undefined && { message }), updated_at: context.now() };
    return context.write(async (tx) => {
      const found = await findVersion(tx.db, id);
      if (found === undefined) throw new NotFoundError("template version");
      context.guard.require("update", versionObject(found), "template version");
      const before = await getVersionRow(tx.db, id);
      const after = await updateVersionRow(tx.db, id, set).catch(nameTaken("template version", name ?? ""));
      await audit(context, tx, { ...versionEntry(before, "write"), before, after });
      return withJob(tx.db, await findVersion(tx.db, id));
    });
  },
);
