import { permittedVersions } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { notInList } from "../database/paging.ts";
import type { TemplateId, TemplateVersionId } from "../ids.ts";
import { readableVersion, requireReadable, withJob } from "./readable-version.ts";
import { type TemplateVersion, withJobs } from "./version-job-rows.ts";
import { findPage, findVersionByName, placeOf, selectListed } from "./version-rows.ts";

export const getTemplateVersion = ruled("templateVersions.get", async (context, id: TemplateVersionId) =>
  withJob(context.db, await readableVersion(context, id)),
);

/** @param name in any letter case */
export const getTemplateVersionByName = ruled("templateVersions.getByName", async (context, templateId: TemplateId, name: string) =>
  withJob(context.db, requireReadable(context, await findVersionByName(context.db, templateId, name))),
);

interface PageOfVersions {
  readonly limit?: number;
  readonly offset?: number;
  readonly afterId?: TemplateVersionId;
  /** Default: no. */
  readonly includeArchived?: boolean;
}

/** Oldest first. @throws InvalidInputError for an `afterId` that the list does not hold */
export const listTemplateVersions = ruled(
  "templateVersions.list",
  async (
    context,
    templateId: TemplateId,
    { limit, offset, afterId, includeArchived = false }: PageOfVersions = {},
  ): Promise<readonly TemplateVersion[]> => {
    const { db } = context;
    const listed = selectListed(db, templateId, { isShown: permittedVersions(context, "read"), includeArchived });
    const behind = afterId === undefined ? undefined : await placeOf(listed, afterId);
    if (afterId !== undefined && behind === undefined) throw notInList();
    return withJobs(db, await findPage(listed, { behind, limit, offset }));
  },
);
