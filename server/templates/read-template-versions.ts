import { permittedVersions } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { notInList } from "../database/paging.ts";
import type { TemplateId, TemplateVersionId } from "../ids.ts";
import { readableVersion, requireReadable, withJob } from "./readable-version.ts";
import { type TemplateVersion, withJobs } from "./version-job-rows.ts";
import { type Behind, findPage, findVersionByName, type Listed, placeOf, type SelectedVersion, selectListed } from "./version-rows.ts";

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
  /** Default: false. */
  readonly includeArchived?: boolean;
}

/** Oldest first. @throws InvalidInputError for an `afterId` that is not in the list */
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
    return withJobs(db, await findBounded(listed, { behind, limit, offset }));
  },
);

/** How many versions are read at once. */
const VERSIONS_AT_ONCE = 50;
/** When a list has this many characters of READMEs and messages, it contains no more of them. */
const LISTED_CHARACTERS = 64 * 1024 * 1024;

/** Reads a page that cannot become too large, however many versions have a long README. */
async function findBounded(
  listed: Listed,
  { behind, limit: asked = 0, offset }: Behind & { readonly limit: number | undefined; readonly offset: number | undefined },
): Promise<SelectedVersion[]> {
  // 0 means all.
  const limit = asked === 0 ? Number.POSITIVE_INFINITY : asked;
  const found: SelectedVersion[] = [];
  let left = LISTED_CHARACTERS;
  let [at, skipped] = [behind, offset];
  while (found.length < limit) {
    const most = Math.min(VERSIONS_AT_ONCE, limit - found.length);
    const page = await findPage(listed, { behind: at, limit: most, offset: skipped });
    for (const version of page) {
      left -= version.readme.length + version.message.length;
      found.push(left > 0 ? version : { ...version, readme: "", message: "" });
    }
    if (page.length < most) break;
    [at, skipped] = [page.at(-1), undefined];
  }
  return found;
}
