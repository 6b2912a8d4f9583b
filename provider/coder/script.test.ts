import { expect, test } from "vitest";
import { FakeHost, UNKNOWN_TEXT } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

const SCRIPT = { agent_id: "a", display_name: "Set up", script: "make" };

function connect(): Promise<FakeHost> {
  return FakeHost.connect(coderProvider({ env: {}, newId: () => "id-1" }));
}

test("a script without an occasion is refused, and kept so that Terraform makes it anew", async () => {
  const host = await connect();
  const { state, diagnostics } = await host.apply("coder_script", { ...SCRIPT, start_blocks_login: true });
  expect(diagnostics).toHaveLength(1);
  expect(state).toMatchObject({ id: "id-1", ...SCRIPT, run_on_start: false, timeout: 0 });
});

test("a schedule that turns out to be empty is no occasion", async () => {
  const host = await connect();
  const planned = await host.plan("coder_script", { ...SCRIPT, cron: UNKNOWN_TEXT });
  expect(planned.diagnostics).toEqual([]);
  expect(planned.state).toMatchObject({ id: UNKNOWN_TEXT, cron: UNKNOWN_TEXT });
  expect((await host.apply("coder_script", { ...SCRIPT, cron: "" })).diagnostics).toMatchObject([
    { severity: "error", summary: expect.stringMatching(/^at least one of/) },
  ]);
});

test("a script of an older provider, which knew fewer attributes, is left as it is", async () => {
  const host = await connect();
  const stored = { ...SCRIPT, id: "old", run_on_start: true };
  const { state } = await host.upgrade("coder_script", stored);
  expect(await host.plan("coder_script", { ...SCRIPT, run_on_start: true }, state)).toMatchObject({ state, replaces: [], diagnostics: [] });
});
