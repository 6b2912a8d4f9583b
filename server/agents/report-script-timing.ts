import { ruled } from "../access/ruled.ts";
import type { Row } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { AgentId } from "../ids.ts";
import { report } from "./own-workspace.ts";
import { hasScript, insertScriptTiming } from "./rows.ts";

/** Stores a script's timing. A repeated report of the same run is ignored. @throws NotFoundError for a script that is not the agent's */
export const reportScriptTiming = ruled(
  "agents.recordScriptTiming",
  (context, id: AgentId, timing: Row<"workspace_agent_script_timings">) =>
    report(context, id, async (tx) => {
      if (!(await hasScript(tx.db, id, timing.script_id))) throw new NotFoundError("script");
      await insertScriptTiming(tx.db, timing);
    }),
);
