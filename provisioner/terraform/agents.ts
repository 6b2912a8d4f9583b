import { create } from "@bufbuild/protobuf";
import {
  type Agent,
  AgentSchema,
  type App,
  AppOpenIn,
  AppSchema,
  AppSharingLevel,
  type Devcontainer,
  DevcontainerSchema,
  type Env,
  EnvSchema,
  type Script,
  ScriptSchema,
} from "#proto/gen/provisioner_pb.js";
import { Attributes, ConversionError } from "./attributes.ts";
import type { ResourceInstance } from "./state.ts";

/** Where the server gets agent tokens from: it derives them from the build's secret, or the daemon reads them from Terraform's state. */
export type TokenSource = "server" | "state";

export function attributesOf(instance: ResourceInstance): Attributes {
  return new Attributes(instance.values, instance.address);
}

/** Reads a `coder_agent`. Its name is the name of the resource, which is checked elsewhere. */
export function readAgent(instance: ResourceInstance, tokens: TokenSource): Agent {
  const from = attributesOf(instance);
  const authenticatesByToken = !from.has("auth") || from.string("auth") === "token";
  const [displayApps] = from.blocks("display_apps");
  const monitoring = from.blocks("resources_monitoring");
  const memory = monitoring.flatMap((block) => block.blocks("memory")).at(-1);
  return create(AgentSchema, {
    id: from.string("id"),
    name: instance.parts.name,
    env: from.strings("env"),
    operatingSystem: from.string("os"),
    architecture: from.string("arch"),
    directory: from.string("dir"),
    auth: authenticatesByToken
      ? { case: "token", value: tokens === "state" ? from.string("token") : "" }
      : { case: "instanceId", value: "" },
    connectionTimeoutSeconds: from.int32("connection_timeout"),
    troubleshootingUrl: from.string("troubleshooting_url"),
    motdFile: from.string("motd_file"),
    metadata: from.blocks("metadata").map((block) => ({
      key: block.string("key"),
      displayName: block.string("display_name"),
      script: block.string("script"),
      interval: block.int64("interval"),
      timeout: block.int64("timeout"),
      order: block.int64("order"),
    })),
    displayApps:
      displayApps === undefined
        ? { vscode: true, webTerminal: true, sshHelper: true, portForwardingHelper: true, vscodeInsiders: false }
        : {
            vscode: displayApps.bool("vscode"),
            vscodeInsiders: displayApps.bool("vscode_insiders"),
            webTerminal: displayApps.bool("web_terminal"),
            sshHelper: displayApps.bool("ssh_helper"),
            portForwardingHelper: displayApps.bool("port_forwarding_helper"),
          },
    scripts: inlineScripts(from),
    order: from.int64("order"),
    resourcesMonitoring: {
      ...(memory !== undefined && { memory: { enabled: memory.bool("enabled"), threshold: memory.int32("threshold") } }),
      volumes: monitoring
        .flatMap((block) => block.blocks("volume"))
        .map((volume) => ({ path: volume.string("path"), enabled: volume.bool("enabled"), threshold: volume.int32("threshold") })),
    },
    apiKeyScope: apiKeyScope(from, instance),
  });
}

/** States of older providers have no scope, which means `all`. An unknown value would silently grant or withhold, so it fails the job. */
function apiKeyScope(from: Attributes, instance: ResourceInstance): string {
  if (!from.has("api_key_scope")) return "all";
  const scope = from.string("api_key_scope");
  if (scope === "all" || scope === "no_user_data") return scope;
  throw new ConversionError(
    `agent ${JSON.stringify(instance.parts.name)} (${instance.address}): api_key_scope is ${JSON.stringify(scope)}, expected "all" or "no_user_data"`,
  );
}

/** Reads the agent's own scripts. They come before those of `coder_script`. */
function inlineScripts(from: Attributes): Script[] {
  const scripts: Script[] = [];
  if (from.string("startup_script") !== "") {
    const behavior = from.string("startup_script_behavior");
    const legacyBlocking = behavior === "" && from.has("login_before_ready") && !from.bool("login_before_ready");
    scripts.push(
      create(ScriptSchema, {
        icon: "/emojis/25b6-fe0f.png",
        logPath: "coder-startup-script.log",
        displayName: "Startup Script",
        script: from.string("startup_script"),
        runOnStart: true,
        startBlocksLogin: behavior === "blocking" || legacyBlocking,
      }),
    );
  }
  if (from.string("shutdown_script") !== "") {
    scripts.push(
      create(ScriptSchema, {
        icon: "/emojis/25c0.png",
        logPath: "coder-shutdown-script.log",
        displayName: "Shutdown Script",
        script: from.string("shutdown_script"),
        runOnStop: true,
      }),
    );
  }
  return scripts;
}

const SHARING_LEVELS: ReadonlyMap<string, AppSharingLevel> = new Map([
  ["owner", AppSharingLevel.OWNER],
  ["authenticated", AppSharingLevel.AUTHENTICATED],
  ["public", AppSharingLevel.PUBLIC],
]);

/** Reads a `coder_app`. Its slug is checked elsewhere. */
export function readApp(instance: ResourceInstance): App {
  const from = attributesOf(instance);
  const slug = from.string("slug") || instance.parts.name;
  const [healthcheck] = from.blocks("healthcheck");
  return create(AppSchema, {
    id: from.string("id"),
    slug,
    displayName: from.string("display_name") || from.string("name") || slug,
    icon: from.string("icon"),
    url: from.string("url"),
    command: from.string("command"),
    external: from.bool("external"),
    subdomain: from.bool("subdomain"),
    sharingLevel: SHARING_LEVELS.get(from.string("share").toLowerCase()) ?? AppSharingLevel.OWNER,
    ...(healthcheck !== undefined && {
      healthcheck: {
        url: healthcheck.string("url"),
        interval: healthcheck.int32("interval"),
        threshold: healthcheck.int32("threshold"),
      },
    }),
    order: from.int64("order"),
    hidden: from.bool("hidden"),
    group: from.string("group"),
    openIn: from.string("open_in").toLowerCase() === "tab" ? AppOpenIn.TAB : AppOpenIn.SLIM_WINDOW,
    tooltip: from.string("tooltip"),
  });
}

/** Reads a `coder_env`. */
export function readEnv(instance: ResourceInstance): Env {
  const from = attributesOf(instance);
  return create(EnvSchema, { name: from.string("name"), value: from.string("value"), mergeStrategy: from.string("merge_strategy") });
}

/** Reads a `coder_script`. */
export function readScript(instance: ResourceInstance): Script {
  const from = attributesOf(instance);
  return create(ScriptSchema, {
    displayName: from.string("display_name"),
    icon: from.string("icon"),
    script: from.string("script"),
    cron: from.string("cron"),
    logPath: from.string("log_path"),
    startBlocksLogin: from.bool("start_blocks_login"),
    runOnStart: from.bool("run_on_start"),
    runOnStop: from.bool("run_on_stop"),
    timeoutSeconds: from.int32("timeout"),
  });
}

/** Reads a `coder_devcontainer`. */
export function readDevcontainer(instance: ResourceInstance): Devcontainer {
  const from = attributesOf(instance);
  return create(DevcontainerSchema, {
    id: from.string("id"),
    name: instance.parts.name,
    workspaceFolder: from.string("workspace_folder"),
    configPath: from.string("config_path"),
    subagentId: from.string("subagent_id"),
  });
}
