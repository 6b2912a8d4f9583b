import { expect, test } from "vitest";
import { buildAgentBinary } from "./agent-binaries.ts";

test("a server that is told to end while it starts waits for no agent", async () => {
  const reason = new Error("told to end");
  await expect(buildAgentBinary(AbortSignal.abort(reason))).rejects.toBe(reason);
});
