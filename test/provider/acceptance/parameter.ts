import { createHash } from "node:crypto";
import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

/** The variable in which the build brings the answer to a parameter. */
function answerVariable(name: string): string {
  return `CODER_PARAMETER_${createHash("sha256").update(name).digest("hex")}`;
}

/** The variable in which it brings the answer of the build before. */
function previousVariable(name: string): string {
  return `CODER_PARAMETER_PREVIOUS_${createHash("sha256").update(name).digest("hex")}`;
}

/** Shows in plans whether the value is another one, which a data source alone does not. */
const SHOWN = `
resource "terraform_data" "shown" {
  input = data.coder_parameter.x.value
}
`;

export const parameterCases: readonly AcceptanceCase[] = [
  {
    name: "parameter_minimal",
    main: 'data "coder_parameter" "x" {\n  name = "minimal"\n}\n',
    state: {
      "data.coder_parameter.x": {
        id: anyUuid,
        name: "minimal",
        display_name: null,
        description: null,
        type: "string",
        form_type: "input",
        styling: "{}",
        mutable: false,
        ephemeral: false,
        default: null,
        icon: null,
        order: null,
        option: null,
        validation: [],
        value: "",
        optional: false,
      },
    },
  },
  {
    name: "parameter_full",
    main: `
data "coder_parameter" "x" {
  name         = "full image"
  display_name = "Image"
  description  = "What the workspace **runs**."
  type         = "string"
  form_type    = "dropdown"
  styling      = jsonencode({ placeholder = "choose" })
  mutable      = true
  ephemeral    = true
  default      = "debian:13"
  icon         = "/icon/container.svg"
  order        = 3

  option {
    name        = "Debian"
    value       = "debian:13"
    description = "Stable."
    icon        = "https://example.com/debian.svg?size=1"
  }
  option {
    name  = "Alpine"
    value = "alpine:3"
  }

  validation {
    regex = "^[a-z]+:[0-9]+$"
    error = "An image has a name and a version."
  }
}
`,
    env: { [answerVariable("full image")]: "alpine:3" },
    state: {
      "data.coder_parameter.x": {
        id: anyUuid,
        name: "full image",
        display_name: "Image",
        description: "What the workspace **runs**.",
        type: "string",
        form_type: "dropdown",
        styling: '{"placeholder":"choose"}',
        mutable: true,
        ephemeral: true,
        default: "debian:13",
        icon: "/icon/container.svg",
        order: 3,
        option: [
          { name: "Debian", value: "debian:13", description: "Stable.", icon: "https://example.com/debian.svg?size=1" },
          { name: "Alpine", value: "alpine:3", description: "", icon: "" },
        ],
        validation: [
          {
            min: 0,
            max: 0,
            min_disabled: true,
            max_disabled: true,
            monotonic: "",
            regex: "^[a-z]+:[0-9]+$",
            error: "An image has a name and a version.",
          },
        ],
        value: "alpine:3",
        optional: true,
      },
    },
  },
  {
    name: "parameter_explicit_zeros",
    main: `
data "coder_parameter" "x" {
  name         = "zeros"
  display_name = ""
  description  = ""
  default      = ""
  icon         = ""
  styling      = ""
  order        = 0
  mutable      = false
}
data "coder_parameter" "null" {
  name    = "nulls"
  default = null
  order   = null
}
`,
    state: {
      "data.coder_parameter.x": {
        display_name: null,
        description: null,
        default: null,
        icon: null,
        styling: null,
        order: 0,
        mutable: false,
        value: "",
        optional: true,
      },
      "data.coder_parameter.null": { default: null, order: null, optional: false },
    },
  },
  {
    name: "parameter_number",
    main: `
data "coder_parameter" "x" {
  name    = "number"
  type    = "number"
  default = 3
  validation {
    min = 0
  }
}
data "coder_parameter" "slider" {
  name      = "slider"
  type      = "number"
  form_type = "slider"
  mutable   = true
  default   = 10
  validation {
    min       = -5
    max       = 9007199254740993
    monotonic = "increasing"
    error     = "{min} to {max}"
  }
}
data "coder_parameter" "chosen" {
  name    = "chosen number"
  type    = "number"
  default = 16
  dynamic "option" {
    for_each = [8, 16, 32]
    content {
      name  = "\${option.value} GB"
      value = option.value
    }
  }
}
resource "terraform_data" "shown" {
  input = tonumber(data.coder_parameter.x.value) + tonumber(data.coder_parameter.slider.value)
}
`,
    env: { [answerVariable("slider")]: "12", [previousVariable("slider")]: "11" },
    state: {
      "data.coder_parameter.x": {
        type: "number",
        form_type: "input",
        default: "3",
        value: "3",
        optional: true,
        validation: [{ min: 0, max: 0, min_disabled: false, max_disabled: true, monotonic: "", regex: "", error: "" }],
      },
      "data.coder_parameter.slider": { form_type: "slider", default: "10", value: "12" },
      "data.coder_parameter.chosen": {
        form_type: "radio",
        default: "16",
        value: "16",
        option: [8, 16, 32].map((size) => ({ name: `${size} GB`, value: String(size), description: "", icon: "" })),
      },
      "terraform_data.shown": { output: 15 },
    },
  },
  {
    name: "parameter_bool",
    main: `
data "coder_parameter" "x" {
  name    = "bool"
  type    = "bool"
  default = false
}
data "coder_parameter" "switch" {
  name      = "switch"
  type      = "bool"
  form_type = "switch"
  default   = true
}
resource "terraform_data" "counted" {
  count = data.coder_parameter.switch.value ? 1 : 0
}
${SHOWN}`,
    env: { [answerVariable("switch")]: "true" },
    state: {
      "data.coder_parameter.x": { form_type: "checkbox", default: "false", value: "false", optional: true },
      "data.coder_parameter.switch": { form_type: "switch", default: "true", value: "true" },
      "terraform_data.counted[0]": { output: null },
    },
    changes: [
      {
        name: "another default is another value, and nothing is made anew",
        main: `
data "coder_parameter" "x" {
  name    = "bool"
  type    = "bool"
  default = true
}
data "coder_parameter" "switch" {
  name      = "switch"
  type      = "bool"
  form_type = "switch"
  default   = true
}
resource "terraform_data" "counted" {
  count = data.coder_parameter.switch.value ? 1 : 0
}
${SHOWN}`,
        actions: { "terraform_data.shown": ["update"] },
      },
      {
        name: "what only forms show changes no value",
        main: `
data "coder_parameter" "x" {
  name         = "bool"
  display_name = "Whether"
  type         = "bool"
  default      = false
  order        = 1
  mutable      = true
}
data "coder_parameter" "switch" {
  name    = "switch"
  type    = "bool"
  default = false
}
resource "terraform_data" "counted" {
  count = data.coder_parameter.switch.value ? 1 : 0
}
${SHOWN}`,
        actions: {},
      },
    ],
  },
  {
    name: "parameter_list",
    main: `
data "coder_parameter" "x" {
  name    = "list"
  type    = "list(string)"
  default = jsonencode(["a", "b"])
}
data "coder_parameter" "several" {
  name      = "several"
  type      = "list(string)"
  form_type = "multi-select"
  default   = jsonencode([])
  dynamic "option" {
    for_each = ["go", "node", "rust"]
    content {
      name  = upper(option.value)
      value = option.value
    }
  }
}
data "coder_parameter" "one_list" {
  name    = "one list"
  type    = "list(string)"
  default = jsonencode([])
  option {
    name  = "none"
    value = jsonencode([])
  }
  option {
    name  = "both"
    value = jsonencode(["a", "b"])
  }
}
resource "terraform_data" "each" {
  for_each = toset(jsondecode(data.coder_parameter.several.value))
}
`,
    env: { [answerVariable("several")]: '["node", "go"]' },
    state: {
      "data.coder_parameter.x": { form_type: "tag-select", default: '["a","b"]', value: '["a","b"]', option: null },
      "data.coder_parameter.several": { form_type: "multi-select", default: "[]", value: '["node", "go"]' },
      "data.coder_parameter.one_list": { form_type: "radio", value: "[]" },
      'terraform_data.each["node"]': { output: null },
      'terraform_data.each["go"]': { output: null },
    },
  },
  {
    name: "parameter_answered_empty",
    main: 'data "coder_parameter" "x" {\n  name    = "answered empty"\n  default = "a"\n}\n',
    env: { [answerVariable("answered empty")]: "" },
    state: { "data.coder_parameter.x": { default: "a", value: "", optional: true } },
  },
  {
    name: "parameter_unknown",
    main: `
resource "terraform_data" "later" {
  input = { default = 4, min = 2, name = "later", icon = "/icon/x.svg" }
}
data "coder_parameter" "x" {
  name    = terraform_data.later.output.name
  type    = "number"
  icon    = terraform_data.later.output.icon
  default = terraform_data.later.output.default
  validation {
    min = terraform_data.later.output.min
  }
}
data "coder_parameter" "blocks" {
  name    = "blocks that come later"
  type    = "number"
  default = 2
  dynamic "option" {
    for_each = range(terraform_data.later.output.default)
    content {
      name  = "option \${option.value}"
      value = option.value
    }
  }
}
${SHOWN}`,
    env: { [answerVariable("later")]: "5" },
    state: {
      "data.coder_parameter.x": {
        name: "later",
        default: "4",
        value: "5",
        icon: "/icon/x.svg",
        validation: [{ min: 2, max: 0, min_disabled: false, max_disabled: true, monotonic: "", regex: "", error: "" }],
      },
      "data.coder_parameter.blocks": { value: "2", form_type: "radio" },
      "terraform_data.shown": { output: "5" },
    },
  },
];
