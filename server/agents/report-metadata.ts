import { ruled } from "../access/ruled.ts";
import { cleanText } from "../database/text.ts";
import type { AgentId } from "../ids.ts";
import { report } from "./own-workspace.ts";
import { type MetadataValue, updateMetadataValue } from "./rows.ts";

export const reportMetadata = ruled("agents.updateMetadata", (context, id: AgentId, values: readonly MetadataValue[]) =>
  report(context, id, async (tx) => {
    for (const { value, error, ...rest } of values)
      await updateMetadataValue(tx.db, id, { ...rest, value: cleanText(value), error: cleanText(error) });
    tx.publish({ kind: "agent_metadata", agentId: id });
  }),
);
