import { expect, test } from "vitest";
import { plannedChanges } from "./state.ts";
import { projectInProcess } from "./terraform-project.ts";

const MAIN = `
terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
resource "coder_ai_task" "it" {}
resource "coder_script" "it" {
  agent_id     = "agent"
  display_name = "Idle"
  script       = "true"
}
`;

const APP = "7b9d2f6e-0000-4000-8000-00000000000a";

test("what is refused when it is made is stored with its id, tainted, and the next apply makes another one", async () => {
  await using project = await projectInProcess({ files: { "main.tf": MAIN } });
  const { exitCode, stderr } = await project.terraform("apply", "-no-color", "-auto-approve");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("'app_id' must be set");
  expect(stderr).toContain("at least one of");

  const { resources }: { resources: readonly { instances: readonly { status?: string; attributes: { id: unknown } }[] }[] } = JSON.parse(
    (await project.terraform("state", "pull")).stdout,
  );
  const instances = resources.flatMap((one) => one.instances);
  expect(instances.map(({ status }) => status)).toEqual(["tainted", "tainted"]);
  for (const { attributes } of instances) expect(attributes.id).toMatch(/^[0-9a-f-]{36}$/);

  await project.write(
    "main.tf",
    MAIN.replace('"coder_ai_task" "it" {}', `"coder_ai_task" "it" {\n  app_id = "${APP}"\n}`).replace(
      '"true"',
      '"true"\n  run_on_start = true',
    ),
  );
  const changes = await plannedChanges(project);
  expect(changes.map(({ change }) => change.actions)).toEqual([
    ["delete", "create"],
    ["delete", "create"],
  ]);
  expect((await project.terraform("apply", "-no-color", "plan")).exitCode).toBe(0);
  expect((await project.terraform("plan", "-detailed-exitcode")).exitCode).toBe(0);
  expect(project.faults).toEqual([]);
});
