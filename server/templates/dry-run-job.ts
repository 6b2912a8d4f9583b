import { InvalidCompletionError } from "../provisioning/invalid-completion.ts";
import type { JobKind } from "../provisioning/job-kind.ts";

const REFUSAL = "dry runs cannot be enqueued yet";

/** The database and the wire know dry runs; this server makes none, and takes none. */
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
