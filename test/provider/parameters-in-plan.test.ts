import { expect, test } from "vitest";
import { ParameterFormType } from "#proto/gen/provisioner_pb.js";
import { parseJsonObject } from "#provisioner/terraform/json.ts";
import { convertParameters } from "#provisioner/terraform/parameters.ts";
import { readShownPlan } from "#provisioner/terraform/state.ts";
import { projectInProcess } from "./terraform-project.ts";

const MAIN = `
terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
data "coder_parameter" "bare" {
  name = "bare"
}
data "coder_parameter" "full" {
  name         = "full"
  display_name = "Full"
  description  = "All of it."
  type         = "number"
  form_type    = "dropdown"
  styling      = jsonencode({ disabled = true })
  mutable      = true
  ephemeral    = true
  default      = 8
  icon         = "/icon/memory.svg"
  order        = 7
  option {
    name        = "Eight"
    value       = 8
    description = "Enough."
    icon        = "/icon/8.svg"
  }
  option {
    name  = "Sixteen"
    value = 16
  }
  validation {
    min       = 0
    monotonic = "increasing"
    error     = "At least {min}."
  }
}
data "coder_parameter" "limits" {
  name      = "limits"
  type      = "number"
  form_type = "slider"
  default   = 0
  validation {
    min = -1
    max = 0
    error = "x"
  }
}
data "coder_parameter" "pattern" {
  name      = "pattern"
  form_type = "textarea"
  default   = ""
  validation {
    regex = "^[a-z]*$"
    error = "Small letters."
  }
}
data "coder_parameter" "several" {
  name      = "several"
  type      = "list(string)"
  form_type = "multi-select"
  default   = jsonencode(["a"])
  option {
    name  = "A"
    value = "a"
  }
}
data "coder_parameter" "tags" {
  name    = "tags"
  type    = "list(string)"
  default = jsonencode([])
}
data "coder_parameter" "checked" {
  name    = "checked"
  type    = "bool"
  default = false
}
`;

test("what a parameter says in a plan is what the server is told of it", async () => {
  await using project = await projectInProcess({ files: { "main.tf": MAIN } });
  const plan = await project.terraform("plan", "-input=false", "-no-color", "-out=plan");
  expect(plan.stderr).toBe("");
  const shown = parseJsonObject((await project.terraform("show", "-json", "plan")).stdout);
  const parameters = new Map(convertParameters(readShownPlan(shown ?? {})).map((parameter) => [parameter.name, parameter]));

  const nothing = {
    displayName: "",
    description: "",
    icon: "",
    options: [],
    validationRegex: "",
    validationError: "",
    validationMonotonic: "",
  };
  expect(parameters.get("bare")).toMatchObject({
    ...nothing,
    type: "string",
    mutable: false,
    ephemeral: false,
    required: true,
    defaultValue: "",
    order: 0,
    formType: ParameterFormType.INPUT,
  });
  expect(parameters.get("full")).toMatchObject({
    displayName: "Full",
    description: "All of it.",
    type: "number",
    mutable: true,
    ephemeral: true,
    required: false,
    defaultValue: "8",
    icon: "/icon/memory.svg",
    order: 7,
    formType: ParameterFormType.DROPDOWN,
    options: [
      { name: "Eight", value: "8", description: "Enough.", icon: "/icon/8.svg" },
      { name: "Sixteen", value: "16", description: "", icon: "" },
    ],
    validationMin: 0,
    validationMonotonic: "increasing",
    validationError: "At least {min}.",
  });
  expect(parameters.get("limits")).toMatchObject({ validationMin: -1, validationMax: 0, formType: ParameterFormType.SLIDER });
  expect(parameters.get("pattern")).toMatchObject({
    required: false,
    validationRegex: "^[a-z]*$",
    validationError: "Small letters.",
    formType: ParameterFormType.TEXTAREA,
  });
  expect(parameters.get("several")).toMatchObject({ defaultValue: '["a"]', formType: ParameterFormType.MULTISELECT });
  expect(parameters.get("tags")).toMatchObject({ defaultValue: "[]", formType: ParameterFormType.TAGSELECT });
  expect(parameters.get("checked")).toMatchObject({ defaultValue: "false", required: false, formType: ParameterFormType.CHECKBOX });
  // A limit of zero is a limit, and one that is not written is none.
  for (const [name, limits] of [
    ["bare", {}],
    ["full", { validationMin: 0 }],
    ["pattern", {}],
  ] as const) {
    const { validationMin, validationMax } = parameters.get(name) ?? {};
    expect({ validationMin, validationMax }).toEqual(limits);
  }
  expect(project.faults).toEqual([]);
});
