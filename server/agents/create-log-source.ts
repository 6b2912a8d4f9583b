import { LOG_SOURCES_LIMIT } from "#sdk/limits.ts";
import { ruled } from "../access/ruled.ts";
import { InvalidInputError } from "../errors.ts";
import type { AgentId, LogSourceId } from "../ids.ts";
import { EXTERNAL_LOG_SOURCE } from "./external-log-source.ts";
import { report } from "./own-workspace.ts";
import { countRegisteredSources, findLogSource, insertLogSource, lockedLogLength } from "./rows.ts";

interface NewLogSource {
  readonly id: LogSourceId;
  readonly displayName: string;
  readonly icon: string;
}

/** Creates a log source. If the ID already exists, the first source stays as it is. @throws InvalidInputError if the agent has too many */
export const createLogSource = ruled("agents.createLogSource", (context, id: AgentId, source: NewLogSource) =>
  report(context, id, async (tx) => {
    const { displayName, icon } = source;
    const known = await findLogSource(tx.db, id, source.id);
    if (known !== undefined) return known;
    await lockedLogLength(tx.db, context.dialect, id);
    // Every list of workspaces contains the sources of all agents.
    if (source.id !== EXTERNAL_LOG_SOURCE && (await countRegisteredSources(tx.db, id)) >= LOG_SOURCES_LIMIT)
      throw new InvalidInputError(`an agent can register at most ${LOG_SOURCES_LIMIT} log sources`, [
        { field: "id", detail: `The agent has ${LOG_SOURCES_LIMIT} log sources besides those of its scripts, and cannot have more.` },
      ]);
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
