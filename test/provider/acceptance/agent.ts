import { expect } from "vitest";
import type { AcceptanceCase } from "./acceptance-case.ts";
import { anyUuid } from "./matchers.ts";

const DEFAULT_APPS = { vscode: true, vscode_insiders: false, web_terminal: true, port_forwarding_helper: true, ssh_helper: true };
const NO_APPS = { vscode: false, vscode_insiders: false, web_terminal: false, port_forwarding_helper: false, ssh_helper: false };

/** In a build without a secret, as it is here. */
const anyToken: unknown = expect.stringMatching(/^pva_[0-9A-Za-z]{49}$/);

const agent = (body = ""): string => `resource "coder_agent" "main" {\n  os   = "linux"\n  arch = "amd64"\n${body}\n}\n`;
const item = (key: string, more = ""): string => `metadata {\n  key      = "${key}"\n  script   = "s"\n  interval = 1\n${more}\n}\n`;
const volume = (path: string): string => `volume {\n  path      = "${path}"\n  enabled   = true\n  threshold = 90\n}\n`;
const memory = "memory {\n  enabled   = false\n  threshold = 0\n}\n";

const REPLACED = { "coder_agent.main": ["delete", "create"] };
const UNCHANGED = { "coder_agent.main": [] };

const FULL = `
  auth                    = "aws-instance-identity"
  api_key_scope           = "no_user_data"
  connection_timeout      = 0
  dir                     = "/srv"
  env                     = { A = "b", __proto__ = "kept", constructor = "too", gone = null }
  motd_file               = "/etc/motd"
  order                   = 7
  shutdown_script         = "bye"
  startup_script          = "hello $\${NAME}"
  startup_script_behavior = "blocking"
  troubleshooting_url     = "https://example.com/help me"
  display_apps {
    vscode          = false
    vscode_insiders = true
  }
  ${item("load", 'display_name = "Load"\n  timeout = 5\n  order = 2')}
  ${item("mem")}
  resources_monitoring {
    ${memory}
    ${volume("/")}
    ${volume("/home")}
  }`;

export const agentCases: readonly AcceptanceCase[] = [
  {
    name: "agent_minimal",
    main: agent(),
    state: {
      "coder_agent.main": {
        id: anyUuid,
        os: "linux",
        arch: "amd64",
        auth: "token",
        api_key_scope: "all",
        connection_timeout: 120,
        dir: null,
        env: null,
        init_script: "",
        motd_file: null,
        order: null,
        shutdown_script: null,
        startup_script: null,
        startup_script_behavior: "non-blocking",
        token: anyToken,
        troubleshooting_url: null,
        display_apps: [DEFAULT_APPS],
        metadata: [],
        resources_monitoring: [],
      },
    },
    changes: [
      { name: "the default scope is written", main: agent('  api_key_scope = "all"'), actions: UNCHANGED },
      { name: "a narrower scope", main: agent('  api_key_scope = "no_user_data"'), actions: REPLACED },
      { name: "zeros and nothings are written", main: agent('  order = 0\n  motd_file = ""\n  env = {}'), actions: UNCHANGED },
      { name: "the default apps are written", main: agent("  display_apps {\n    vscode = true\n  }"), actions: UNCHANGED },
      { name: "another processor", main: agent().replace("amd64", "arm64"), actions: REPLACED },
      { name: "it is taken out", main: "", actions: { "coder_agent.main": ["delete"] } },
    ],
  },
  {
    name: "agent_full",
    main: agent(FULL).replace("amd64", "arm64"),
    env: {
      CODER_AGENT_URL: "https://coder.example.com:8443/sub/?x=1#y",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: these are the script's own placeholders
      CODER_AGENT_SCRIPT_linux_arm64: "curl ${ACCESS_URL}bin # ${AUTH_TYPE} $& ${ACCESS_URL}",
    },
    state: {
      "coder_agent.main": {
        id: anyUuid,
        arch: "arm64",
        auth: "aws-instance-identity",
        api_key_scope: "no_user_data",
        connection_timeout: 0,
        dir: "/srv",
        env: { A: "b", ["__proto__"]: "kept", constructor: "too" },
        init_script: "curl https://coder.example.com:8443/bin # aws-instance-identity $& https://coder.example.com:8443/",
        motd_file: "/etc/motd",
        order: 7,
        shutdown_script: "bye",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the script's own
        startup_script: "hello ${NAME}",
        startup_script_behavior: "blocking",
        token: anyToken,
        troubleshooting_url: "https://example.com/help me",
        display_apps: [{ ...DEFAULT_APPS, vscode: false, vscode_insiders: true }],
        metadata: [
          { key: "load", script: "s", interval: 1, display_name: "Load", timeout: 5, order: 2 },
          { key: "mem", script: "s", interval: 1, display_name: "", timeout: 0, order: 0 },
        ],
        resources_monitoring: [
          {
            memory: [{ enabled: false, threshold: 0 }],
            volume: [
              { path: "/", enabled: true, threshold: 90 },
              { path: "/home", enabled: true, threshold: 90 },
            ],
          },
        ],
      },
    },
    changes: [
      {
        name: "volumes in another order, and nothing in words",
        main: agent(FULL)
          .replace("amd64", "arm64")
          .replace(`${volume("/")}\n    ${volume("/home")}`, `${volume("/home")}\n    ${volume("/")}`)
          .replace(item("mem"), item("mem", '  display_name = ""\n  timeout = 0\n  order = 0')),
        actions: UNCHANGED,
      },
      {
        name: "a threshold of another volume",
        main: agent(FULL.replace('"/home"\n  enabled   = true\n  threshold = 90', '"/home"\n  enabled   = true\n  threshold = 91')).replace(
          "amd64",
          "arm64",
        ),
        actions: REPLACED,
      },
      {
        name: "metadata in another order",
        main: agent(FULL.replace(item("mem"), "").replace("metadata {", `${item("mem")}\nmetadata {`)).replace("amd64", "arm64"),
        actions: REPLACED,
      },
      { name: "metadata is taken out", main: agent(FULL.replace(item("mem"), "")).replace("amd64", "arm64"), actions: REPLACED },
      { name: "another variable", main: agent(FULL.replace('"kept"', '"lost"')).replace("amd64", "arm64"), actions: REPLACED },
      {
        name: "monitors are taken out",
        main: agent(FULL.slice(0, FULL.indexOf("resources_monitoring"))).replace("amd64", "arm64"),
        actions: REPLACED,
      },
    ],
  },
  {
    name: "agent_apps",
    main: agent(
      "  display_apps {\n    vscode = false\n    web_terminal = false\n    port_forwarding_helper = false\n    ssh_helper = false\n  }",
    ),
    state: { "coder_agent.main": { display_apps: [NO_APPS] } },
    changes: [
      { name: "apps are no longer told of", main: agent(), actions: UNCHANGED },
      { name: "one app is wanted", main: agent("  display_apps {\n    vscode = false\n  }"), actions: REPLACED },
    ],
  },
  {
    name: "agent_empty_apps",
    main: agent('  display_apps {}\n  dir = ""\n  startup_script = ""'),
    state: { "coder_agent.main": { display_apps: [DEFAULT_APPS], dir: "", startup_script: "" } },
    changes: [{ name: "nothing is left out", main: agent(), actions: UNCHANGED }],
  },
  {
    name: "agent_unknown",
    main: unknownAgent("linux"),
    state: {
      "coder_agent.main": {
        os: "linux",
        arch: "amd64",
        connection_timeout: 30,
        env: { A: "linux", B: "known" },
        order: 3,
        display_apps: [{ ...DEFAULT_APPS, vscode: false }],
        metadata: [
          { key: "a linux", script: "s", interval: 5, display_name: "", timeout: 0, order: 0 },
          { key: "b linux", script: "s", interval: 5, display_name: "", timeout: 0, order: 0 },
        ],
        resources_monitoring: [{ memory: [], volume: [{ path: "/linux", enabled: true, threshold: 30 }] }],
      },
    },
    changes: [
      {
        name: "the input changes in place, and nobody knows to what",
        main: unknownAgent("windows"),
        actions: { "terraform_data.in": ["update"], "coder_agent.main": ["delete", "create"] },
      },
    ],
  },
  {
    name: "agent_for_each",
    main: forEach("two"),
    state: { 'coder_agent.main["one"]': { startup_script: "one" }, 'coder_agent.main["two"]': { startup_script: "two" } },
    changes: [
      {
        name: "another key",
        main: forEach("three"),
        actions: { 'coder_agent.main["two"]': ["delete"], 'coder_agent.main["three"]': ["create"] },
      },
    ],
  },
];

function forEach(second: string): string {
  return agent("  startup_script = each.key\n").replace("{\n", `{\n  for_each = toset(["one", "${second}"])\n`);
}

/** Every kind of value from what is known only after the apply. */
function unknownAgent(os: string): string {
  return `resource "terraform_data" "in" {
  input = { os = "${os}", number = 30, yes = true, keys = ["a", "b"] }
}
resource "coder_agent" "main" {
  os                 = terraform_data.in.output.os
  arch               = "amd64"
  connection_timeout = terraform_data.in.output.number
  order              = terraform_data.in.output.number / 10
  env                = { A = terraform_data.in.output.os, B = "known" }
  display_apps {
    vscode = !terraform_data.in.output.yes
  }
  dynamic "metadata" {
    for_each = terraform_data.in.output.keys
    content {
      key      = "\${metadata.value} \${terraform_data.in.output.os}"
      script   = "s"
      interval = 5
    }
  }
  resources_monitoring {
    volume {
      path      = "/\${terraform_data.in.output.os}"
      enabled   = terraform_data.in.output.yes
      threshold = terraform_data.in.output.number
    }
  }
}
`;
}
