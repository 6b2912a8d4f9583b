import { expect, test } from "vitest";
import type { AgentLifecycle } from "../database/tables/agents.ts";
import { lifecycleTimes } from "./report-lifecycle.ts";

const [EARLIER, NOW] = [new Date(1_000), new Date(2_000)];

test("a new start resets the earlier start's times", () => {
  expect(lifecycleTimes({ started_at: EARLIER }, "starting", NOW)).toEqual({ started_at: NOW, ready_at: null });
});

for (const state of ["ready", "start_timeout", "start_error"] satisfies AgentLifecycle[]) {
  test(`${state} ends a start and keeps the time when it began`, () => {
    expect(lifecycleTimes({ started_at: EARLIER }, state, NOW)).toEqual({ started_at: EARLIER, ready_at: NOW });
    expect(lifecycleTimes({ started_at: null }, state, NOW)).toEqual({ started_at: NOW, ready_at: NOW });
  });
}

for (const state of ["created", "shutting_down", "shutdown_timeout", "shutdown_error", "off"] satisfies AgentLifecycle[]) {
  test(`${state} leaves the times unchanged`, () => expect(lifecycleTimes({ started_at: EARLIER }, state, NOW)).toEqual({}));
}
