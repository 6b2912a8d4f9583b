import { expect, test } from "vitest";
import { FakeHost, UNKNOWN_TEXT } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

const APP = "7b9d2f6e-0000-4000-8000-00000000000a";
const TASK = "7b9d2f6e-1111-4000-8000-00000000000c";

function connect(env: Record<string, string> = {}): Promise<FakeHost> {
  return FakeHost.connect(coderProvider({ env, newId: () => "made" }));
}

test("a plan leaves the task to the apply, and the app too if it is not written", async () => {
  const host = await connect({ CODER_TASK_ID: TASK });
  const open = { id: UNKNOWN_TEXT, prompt: UNKNOWN_TEXT, enabled: UNKNOWN_TEXT };
  expect((await host.plan("coder_ai_task", {})).state).toEqual({ ...open, app_id: UNKNOWN_TEXT, sidebar_app: [] });
  expect((await host.plan("coder_ai_task", { app_id: APP })).state).toEqual({ ...open, app_id: APP, sidebar_app: [] });
});

for (const { what, id, state } of [
  { what: "no id", id: "", state: { id: "made", enabled: false } },
  { what: "the usual form", id: TASK, state: { id: TASK, enabled: true } },
  { what: "capitals", id: TASK.toUpperCase(), state: { id: TASK, enabled: true } },
  { what: "no hyphens", id: TASK.replaceAll("-", ""), state: { id: TASK, enabled: true } },
  { what: "braces", id: `{${TASK}}`, state: { id: TASK, enabled: true } },
  { what: "a URN", id: `urn:uuid:${TASK}`, state: { id: TASK, enabled: true } },
  { what: "zeros", id: "00000000-0000-0000-0000-000000000000", state: { id: "made", enabled: false } },
  { what: "zeros without hyphens", id: "0".repeat(32), state: { id: "made", enabled: false } },
  { what: "no UUID at all", id: "task-1", state: { id: "made", enabled: false } },
]) {
  test(`a task whose id comes as ${what}`, async () => {
    const host = await connect({ CODER_TASK_ID: id });
    expect(await host.apply("coder_ai_task", { app_id: APP })).toMatchObject({ state, diagnostics: [] });
  });
}

test("the prompt is the build's, or null", async () => {
  for (const [prompt, expected] of [
    ["", null],
    ["Fix it.", "Fix it."],
  ] as const)
    expect((await (await connect({ CODER_TASK_PROMPT: prompt })).apply("coder_ai_task", { app_id: APP })).state).toMatchObject({
      prompt: expected,
    });
});

test("the app of the old block becomes the app", async () => {
  const host = await connect();
  const { state } = await host.apply("coder_ai_task", { sidebar_app: [{ id: APP }] });
  expect(state).toMatchObject({ app_id: APP, sidebar_app: [{ id: APP }] });
  expect((await host.plan("coder_ai_task", { sidebar_app: [{ id: APP }] }, state)).replaces).toEqual([]);
});

test("a task without an app fails, and what was made of it is stored with its id", async () => {
  const host = await connect({ CODER_TASK_ID: TASK, CODER_TASK_PROMPT: "Fix it." });
  expect(await host.apply("coder_ai_task", {})).toMatchObject({
    state: { id: TASK, app_id: null, prompt: "Fix it.", enabled: true, sidebar_app: [] },
    diagnostics: [{ severity: "error", summary: "'app_id' must be set", path: "" }],
  });
});

test("an existing task keeps what it was made with", async () => {
  const { state } = await (await connect({ CODER_TASK_ID: TASK, CODER_TASK_PROMPT: "Fix it." })).apply("coder_ai_task", { app_id: APP });
  const later = await connect({ CODER_TASK_ID: APP, CODER_TASK_PROMPT: "Another." });
  expect((await later.read("coder_ai_task", state)).state).toEqual(state);
  expect(await later.plan("coder_ai_task", {}, state)).toMatchObject({ state, replaces: [] });
  expect((await later.plan("coder_ai_task", { app_id: TASK }, state)).replaces).toEqual(["app_id", "id"]);
});
