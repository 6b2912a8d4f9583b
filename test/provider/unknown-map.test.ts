import { expect, test } from "vitest";
import { stored } from "./state.ts";
import { projectInProcess } from "./terraform-project.ts";

/** Terraform knows of the result of `zipmap` that it will not be null, and holds the provider to it. */
const MAIN = `
terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
resource "terraform_data" "later" {
  input = ""
}
locals {
  names = compact(split(",", tostring(terraform_data.later.output)))
}
resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
  env  = zipmap(local.names, local.names)
}
`;

test("a map that turns out to be empty when the plan is applied is one that is not set", async () => {
  await using project = await projectInProcess({ files: { "main.tf": MAIN } });
  expect(await project.terraform("apply", "-no-color", "-auto-approve")).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await stored(project, "coder_agent.main")).toMatchObject({ env: null });
  expect((await project.terraform("plan", "-detailed-exitcode")).exitCode).toBe(0);
});
