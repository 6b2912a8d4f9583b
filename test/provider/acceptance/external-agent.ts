import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

export const externalAgentCases: readonly AcceptanceCase[] = [
  {
    name: "external_agent",
    main: `
      resource "coder_agent" "main" {
        os   = "linux"
        arch = "arm64"
      }
      resource "coder_external_agent" "it" {
        agent_id = coder_agent.main.id
      }`,
    state: { "coder_external_agent.it": { id: anyUuid, agent_id: anyUuid } },
    changes: [
      {
        name: "another_agent",
        main: `
          resource "coder_agent" "main" {
            os   = "linux"
            arch = "arm64"
          }
          resource "coder_external_agent" "it" {
            agent_id = "another"
          }`,
        actions: { "coder_external_agent.it": ["delete", "create"] },
      },
      {
        name: "its_agent_is_another",
        main: `
          resource "coder_agent" "main" {
            os   = "linux"
            arch = "amd64"
          }
          resource "coder_external_agent" "it" {
            agent_id = coder_agent.main.id
          }`,
        actions: { "coder_agent.main": ["delete", "create"], "coder_external_agent.it": ["delete", "create"] },
      },
    ],
  },
];
