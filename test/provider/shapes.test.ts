/** What the acceptance suite leaves out: a plugin that talks in the clear, and how a refusal looks to a person. */
import { expect, test } from "vitest";
import { stored } from "./state.ts";
import { projectWithPlugin } from "./terraform-project.ts";

const MAIN = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}

resource "coder_agent" "main" {
  os            = "linux"
  arch          = "arm64"
  api_key_scope = "no_user_data"
}
`;

test("a plugin without TLS serves an apply", async () => {
  await using project = await projectWithPlugin({ files: { "main.tf": MAIN }, env: { TF_DISABLE_PLUGIN_TLS: "1" } });
  const apply = await project.terraform("apply", "-no-color", "-auto-approve");
  expect(apply).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await stored(project, "coder_agent.main")).toMatchObject({ api_key_scope: "no_user_data" });
});

test("a scope that does not exist is refused at its line, and those that do are named", async () => {
  await using project = await projectWithPlugin({ files: { "main.tf": MAIN.replace('"no_user_data"', '"read_only"') } });
  const plan = await project.terraform("plan", "-no-color", "-input=false");
  expect(plan.exitCode).toBe(1);
  expect(plan.stderr).toContain('Error: expected api_key_scope to be one of ["all" "no_user_data"], got read_only');
  expect(plan.stderr).toMatch(/on main\.tf line 12, in resource "coder_agent" "main":\s+12: {3}api_key_scope = "read_only"/);
});
