import { expect, test } from "vitest";
import { FakeHost, UNKNOWN_TEXT } from "../sdk/fake-host.ts";
import { coderProvider } from "./provider.ts";

test("a dev container and the agent in it have ids of their own, which stay", async () => {
  let ids = 0;
  const host = await FakeHost.connect(coderProvider({ env: {}, newId: () => `id-${++ids}` }));
  const config = { agent_id: "a", workspace_folder: "/w" };
  expect((await host.plan("coder_devcontainer", config)).state).toEqual({
    ...config,
    config_path: null,
    id: UNKNOWN_TEXT,
    subagent_id: UNKNOWN_TEXT,
  });
  const { state } = await host.apply("coder_devcontainer", config);
  expect(state).toMatchObject({ id: "id-1", subagent_id: "id-2" });
  expect((await host.read("coder_devcontainer", state)).state).toEqual(state);
  expect((await host.plan("coder_devcontainer", { ...config, config_path: "/c" }, state)).replaces).toEqual(["config_path", "id"]);
});
