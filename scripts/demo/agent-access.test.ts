import { expect, test } from "vitest";
import { readAgentCredentials } from "./agent-access.ts";

test("the agents' tokens stand in an output, and come in the order in which people read them", () => {
  const helper = { name: "helper", api_key_scope: "all", token: "one" };
  const assistant = { name: "assistant", api_key_scope: "no_user_data", token: "two" };
  const state = { version: 4, outputs: { agents: { value: [assistant, helper], sensitive: true } }, resources: [] };
  expect(readAgentCredentials(Buffer.from(JSON.stringify(state)))).toEqual([helper, assistant]);
});
