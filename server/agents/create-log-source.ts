import { ruled } from "../access/ruled.ts";
import type { AgentId, LogSourceId } from "../ids.ts";
import { report } from "./own-workspace.ts";
import { findLogSource, insertLogSource } from "./rows.ts";

interface NewLogSource {
  readonly id: LogSourceId;
  readonly displayName: string;
  readonly icon: string;
}

/** Creates a log source. If the ID already exists, the first source stays as it is. */
export const createLogSource = ruled("agents.createLogSource", (context, id: AgentId, source: NewLogSource) =>
  report(context, id, async (tx) => {
    const { displayName, icon } = source;
    await insertLogSource(tx.db, {
      id: source.id,
      workspace_agent_id: id,
      display_name: displayName,
      icon,
      created_at: context.now(),
    });
    const made = await findLogSource(tx.db, id, source.id);
    if (made === undefined) throw new Error(`log source ${source.id} of agent ${id} disappeared while it was created`);
    return made;
  }),
);
