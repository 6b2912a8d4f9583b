import { LogSourceId } from "../ids.ts";

/** The source of log lines for which the agent names none. Clients know this ID, which is the same in every deployment. */
export const EXTERNAL_LOG_SOURCE = LogSourceId.parse("3b579bf4-1ed8-4b99-87a8-e9a1e3410410");
