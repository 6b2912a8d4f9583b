import { InvalidCompletionError } from "../provisioning/invalid-completion.ts";
import type { JobKind } from "../provisioning/job-kind.ts";

const REFUSAL = "dry runs are not supported yet";

/** The job kind for dry runs. The database and the wire know them, but this server neither creates nor accepts any. */
export const TEMPLATE_DRY_RUN = {
  type: "template_version_dry_run",
  case: "templateDryRun",
  checkedAs: [],
  prepare: async () => {
    throw new Error(REFUSAL);
  },
  end: async (_core, _tx, _job, { how }) => {
    if (how === "completed") throw new InvalidCompletionError(REFUSAL);
  },
  describe: async () => new Map(),
} satisfies JobKind<"templateDryRun">;
