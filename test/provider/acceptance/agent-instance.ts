import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

export const agentInstanceCases: readonly AcceptanceCase[] = [
  {
    name: "agent_instance",
    main: `
      resource "coder_agent_instance" "it" {
        agent_id    = "agent"
        instance_id = "i-0123"
      }`,
    state: { "coder_agent_instance.it": { id: anyUuid, agent_id: "agent", instance_id: "i-0123" } },
    changes: [
      {
        name: "another_instance",
        main: `
          resource "coder_agent_instance" "it" {
            agent_id    = "agent"
            instance_id = "i-4567"
          }`,
        actions: { "coder_agent_instance.it": ["delete", "create"] },
      },
    ],
  },
  {
    name: "agent_instance_unknown",
    main: `
      resource "terraform_data" "input" {
        input = { agent = "agent", instance = "" }
      }
      resource "coder_agent_instance" "it" {
        agent_id    = terraform_data.input.output.agent
        instance_id = terraform_data.input.output.instance
      }`,
    state: { "coder_agent_instance.it": { agent_id: "agent", instance_id: "" } },
  },
];
