import type { JobKind } from "../provisioning/job-kind.ts";
import { completeImport } from "./complete-import.ts";
import { describeImports, findModuleArchive, findVersionOfJob } from "./import-rows.ts";
import { prepareImport } from "./prepare-import.ts";
import { updateImport } from "./update-import.ts";

/** The job kind for importing a template version. Each of its steps is implemented in its own file. */
export const TEMPLATE_IMPORT = {
  type: "template_version_import",
  case: "templateImport",
  checkedAs: ["template"],
  prepare: prepareImport,
  progress: updateImport,
  end: async (core, tx, job, end) => {
    if (end.how === "completed") await completeImport(core, tx, job, end.outcome, end.apiVersion);
  },
  /** A cancel changes no column of the version, so the additional fields say what happened. */
  cancelEntry: async (db, jobId) => {
    const version = await findVersionOfJob(db, jobId);
    if (version === undefined) return undefined;
    const { id: resourceId, name: target, organization_id: organizationId } = version;
    const additional = { job_id: jobId, job_canceled: true };
    return { action: "write", resourceType: "template_version", resourceId, target, organizationId, additional };
  },
  describe: describeImports,
  findArchive: findModuleArchive,
} satisfies JobKind<"templateImport">;
