import { expect, test } from "vitest";
import { DependencyGraph } from "#provisioner/terraform/dependency-graph.ts";
import { parseJsonObject } from "#provisioner/terraform/json.ts";
import { convertPresets } from "#provisioner/terraform/parameters.ts";
import { convertResources } from "#provisioner/terraform/resources.ts";
import { type ResourceInstance, readShownPlan, readStateFile } from "#provisioner/terraform/state.ts";
import { projectInProcess, type TerraformProject } from "./terraform-project.ts";

const MAIN = `
terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}
resource "terraform_data" "machine" {
  input = coder_agent.main.token
}
resource "coder_script" "least" {
  agent_id     = coder_agent.main.id
  display_name = "Least"
  script       = "true"
  run_on_stop  = true
}
resource "coder_script" "whole" {
  agent_id           = coder_agent.main.id
  display_name       = "Whole"
  script             = "echo '$HOME'"
  icon               = "/icon/terminal.svg"
  log_path           = "whole.log"
  cron               = "0 30 9 * * MON-FRI"
  run_on_start       = true
  start_blocks_login = true
  timeout            = 90
}
data "coder_parameter" "region" {
  name    = "region"
  default = "eu"
}
data "coder_workspace_preset" "least" {
  name = "Least"
}
data "coder_workspace_preset" "whole" {
  name        = "Whole"
  description = "All of it."
  icon        = "/icon/go.svg"
  default     = true
  parameters = {
    (data.coder_parameter.region.name) = ""
    size                               = 8
  }
  prebuilds {
    instances = 2
    expiration_policy {
      ttl = 86400
    }
    scheduling {
      timezone = "US/Pacific"
      schedule {
        cron      = "* 8-18 * * 1-5"
        instances = 3
      }
      schedule {
        cron      = "* 8-14 * * 6"
        instances = 0
      }
    }
  }
}
data "coder_workspace_preset" "never_expires" {
  name = "Never expires"
  prebuilds {
    instances = 1
    expiration_policy {
      ttl = 0
    }
  }
}
`;

test("what scripts and presets say in a plan and in the state is what the server is told of them", async () => {
  await using project = await projectInProcess({ files: { "main.tf": MAIN } });
  expect((await project.terraform("plan", "-input=false", "-no-color", "-out=plan")).stderr).toBe("");
  const planned = readShownPlan(parseJsonObject((await project.terraform("show", "-json", "plan")).stdout) ?? {});
  await expectTold(project, planned);
  expect((await project.terraform("apply", "-input=false", "-no-color", "plan")).stderr).toBe("");
  await expectTold(project, readStateFile(Buffer.from(await project.read("terraform.tfstate"))));
  expect(project.faults).toEqual([]);
});

async function expectTold(project: TerraformProject, instances: readonly ResourceInstance[]): Promise<void> {
  const graph = DependencyGraph.parse((await project.terraform("graph")).stdout);
  const { resources } = convertResources(instances, graph, "server");
  const [agent] = resources.flatMap(({ agents }) => agents);
  expect(agent?.scripts).toMatchObject([
    {
      displayName: "Least",
      script: "true",
      icon: "",
      logPath: "",
      cron: "",
      runOnStart: false,
      runOnStop: true,
      startBlocksLogin: false,
      timeoutSeconds: 0,
    },
    {
      displayName: "Whole",
      script: "echo '$HOME'",
      icon: "/icon/terminal.svg",
      logPath: "whole.log",
      cron: "0 30 9 * * MON-FRI",
      runOnStart: true,
      runOnStop: false,
      startBlocksLogin: true,
      timeoutSeconds: 90,
    },
  ]);

  const { presets, warnings } = convertPresets(instances, ["region"]);
  expect(warnings).toEqual(['data.coder_workspace_preset.whole sets parameter "size", which the template does not declare']);
  const byName = new Map(presets.map((preset) => [preset.name, preset]));
  expect(byName.get("Least")).toMatchObject({ description: "", icon: "", default: false, parameters: [], prebuild: { instances: 0 } });
  expect(byName.get("Least")?.prebuild?.expirationPolicy).toBeUndefined();
  expect(byName.get("Whole")).toMatchObject({
    description: "All of it.",
    icon: "/icon/go.svg",
    default: true,
    parameters: [
      { name: "region", value: "" },
      { name: "size", value: "8" },
    ],
    prebuild: {
      instances: 2,
      expirationPolicy: { ttl: 86_400 },
      scheduling: {
        timezone: "US/Pacific",
        schedule: [
          { cron: "* 8-18 * * 1-5", instances: 3 },
          { cron: "* 8-14 * * 6", instances: 0 },
        ],
      },
    },
  });
  expect(byName.get("Never expires")?.prebuild).toMatchObject({ instances: 1, expirationPolicy: { ttl: 0 } });
}
