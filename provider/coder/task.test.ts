import { expect, test } from "vitest";
import { FakeHost } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

const TASK = "7b9d2f6e-1111-4000-8000-00000000000c";
const NIL = "00000000-0000-0000-0000-000000000000";

for (const { env, state } of [
  { env: {}, state: { id: "made", enabled: false, prompt: "" } },
  { env: { CODER_TASK_ID: "", CODER_TASK_PROMPT: "" }, state: { id: "made", enabled: false, prompt: "" } },
  { env: { CODER_TASK_ID: NIL, CODER_TASK_PROMPT: "p" }, state: { id: "made", enabled: false, prompt: "p" } },
  // Only the usual text of it stands for no task.
  { env: { CODER_TASK_ID: `{${NIL}}` }, state: { id: `{${NIL}}`, enabled: true, prompt: "" } },
  { env: { CODER_TASK_ID: TASK, CODER_TASK_PROMPT: "Fix it." }, state: { id: TASK, enabled: true, prompt: "Fix it." } },
  { env: { CODER_TASK_ID: TASK.toUpperCase() }, state: { id: TASK.toUpperCase(), enabled: true, prompt: "" } },
] as { env: Record<string, string>; state: object }[]) {
  test(`a task with ${JSON.stringify(env)}`, async () => {
    const host = await FakeHost.connect(coderProvider({ env, newId: () => "made" }));
    expect(await host.readData("coder_task")).toMatchObject({ state, diagnostics: [] });
  });
}
