import { expect, test } from "vitest";
import { readAgentCredentials } from "./agent-access.ts";

function agent(name: string, token: string, scope = "all") {
  return { type: "coder_agent", name, instances: [{ attributes: { api_key_scope: scope, token, id: "x" } }] };
}

test("the agents' tokens stand in Terraform's state, and come in the order in which people read them", () => {
  const state = {
    version: 4,
    resources: [
      agent("assistant", "two", "no_user_data"),
      { type: "null_resource", name: "machine", instances: [{ attributes: { id: "1" } }] },
      agent("helper", "one"),
    ],
  };
  expect(readAgentCredentials(Buffer.from(JSON.stringify(state)))).toEqual([
    { name: "helper", api_key_scope: "all", token: "one" },
    { name: "assistant", api_key_scope: "no_user_data", token: "two" },
  ]);
});
