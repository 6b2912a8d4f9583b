import { isAbsolute } from "node:path";
import { computed, defaulted, optional, type Problem, required, type Validator } from "../sdk/schema/attribute.ts";
import { block, computedSetBlock, listBlock, setBlock } from "../sdk/schema/block.ts";
import { atLeast, between, oneOf, validator } from "../sdk/schema/validators.ts";
import { bool, int, mapOf, string } from "../sdk/schema/value-type.ts";
import { implicitId } from "./implicit-id.ts";

const dirIsDeprecated: Validator<string> = {
  check(value): readonly Problem[] {
    if (value === "" || value === "$HOME" || value === "~") return [];
    return [
      { severity: "warning", summary: '"dir" is deprecated: sessions start in the home directory, and templates should leave it so' },
      {
        severity: "warning",
        summary: 'Setting "dir" to a value other than the home directory breaks file sync in Coder Desktop',
      },
    ];
  },
};

const volumePath = validator<string>((value) => {
  if (value === "") return "volume path must not be empty";
  return isAbsolute(value) ? undefined : "volume path must be an absolute path";
});

const threshold = required(int, {
  description: "How full it may get, in percent, before the owner is notified.",
  validate: [between(0, 100)],
});

const displayApps = computedSetBlock(
  {
    attributes: {
      vscode: defaulted(bool, true, { description: "Offer VS Code Desktop." }),
      vscode_insiders: defaulted(bool, false, { description: "Offer VS Code Insiders." }),
      web_terminal: defaulted(bool, true, { description: "Offer the terminal in the browser." }),
      port_forwarding_helper: defaulted(bool, true, { description: "Offer help with forwarding ports." }),
      ssh_helper: defaulted(bool, true, { description: "Offer help with SSH." }),
    },
  },
  { maxItems: 1, description: "Which built-in apps the dashboard shows for the agent." },
);

const metadata = listBlock(
  {
    attributes: {
      key: required(string, { description: "Names the item; no two of an agent share one." }),
      display_name: optional(string, { description: "What the dashboard shows in place of the key." }),
      script: required(string, { description: "The script whose output is the value." }),
      interval: required(int, { description: "Seconds between two runs." }),
      timeout: optional(int, { description: "Seconds after which a run is given up. Default: the interval." }),
      order: optional(int, { description: "Where the item stands; lower numbers come first." }),
    },
  },
  { description: "Values that the agent reports again and again." },
);

const resourcesMonitoring = setBlock(
  {
    blocks: {
      memory: setBlock(
        { attributes: { enabled: required(bool, { description: "Whether it is watched." }), threshold } },
        { maxItems: 1, description: "Watches the agent's memory." },
      ),
      volume: setBlock(
        {
          attributes: {
            path: required(string, { description: "Where the volume is mounted.", validate: [volumePath] }),
            enabled: required(bool, { description: "Whether it is watched." }),
            threshold,
          },
        },
        { description: "Watches a volume." },
      ),
    },
  },
  { maxItems: 1, description: "What the agent watches, to notify its owner before it runs out." },
);

export const agentSchema = block({
  description: "An agent: the process that connects a workspace to the server.",
  attributes: {
    id: implicitId,
    os: required(string, {
      description: "The operating system that the agent runs on.",
      validate: [oneOf("linux", "darwin", "windows")],
    }),
    arch: required(string, { description: "The processor that the agent runs on.", validate: [oneOf("amd64", "armv7", "arm64")] }),
    auth: defaulted(string, "token", {
      description: "How the agent proves who it is: by the token that it is given, or by the identity of its cloud instance.",
      validate: [oneOf("token", "google-instance-identity", "aws-instance-identity", "azure-instance-identity")],
    }),
    api_key_scope: defaulted(string, "all", {
      description:
        "What the agent's token may do: `all`, or `no_user_data` for all but reading its owner's Git SSH key and external-auth tokens.",
      validate: [oneOf("all", "no_user_data")],
    }),
    connection_timeout: defaulted(int, 120, {
      description: "Seconds after which an agent that has not connected is shown as timed out; 0 for never.",
      validate: [atLeast(0)],
    }),
    dir: optional(string, {
      description: "Where sessions start. Default: the home directory.",
      deprecated: "dir has been deprecated: sessions start in the home directory; change to another one in the shell's own start files.",
      validate: [dirIsDeprecated],
    }),
    env: optional(mapOf(string), { description: "Environment variables for everything that the agent starts." }),
    init_script: computed(string, { description: "Run this on the machine to start the agent." }),
    motd_file: optional(string, { description: "A file that is shown at login." }),
    order: optional(int, { description: "Where the agent stands among those of its workspace; lower numbers come first." }),
    shutdown_script: optional(string, { description: "Runs before the agent stops." }),
    startup_script: optional(string, { description: "Runs when the agent has started." }),
    startup_script_behavior: defaulted(string, "non-blocking", {
      description: "Whether logins wait for the start script: `blocking` or `non-blocking`.",
      validate: [oneOf("blocking", "non-blocking")],
    }),
    token: computed(string, {
      sensitive: true,
      description: "Give this to the agent as `CODER_AGENT_TOKEN`. It is a new one in each build.",
    }),
    troubleshooting_url: optional(string, { description: "A page for users whose agent does not connect." }),
  },
  blocks: { display_apps: displayApps, metadata, resources_monitoring: resourcesMonitoring },
});
