import { isUnknown } from "../sdk/cty/value.ts";
import type { Diagnostics } from "../sdk/diagnostic.ts";
import type { Planned } from "../sdk/schema/typed.ts";
import { agentSchema } from "./agent-schema.ts";
import { initScript } from "./agent-script.ts";
import { agentToken } from "./agent-token.ts";
import { resource } from "./configuration.ts";
import { firstRepeated } from "./first-repeated.ts";
import { goQuote } from "./go/quote.ts";

const DEFAULT_APPS = { vscode: true, vscode_insiders: false, web_terminal: true, port_forwarding_helper: true, ssh_helper: true };

/** The process that connects a workspace to the server. The resource creates nothing: the server reads what it needs from the state. */
export const coderAgent = resource({
  version: 1,
  schema: agentSchema,
  plan(planned, { diagnostics }) {
    checkMetadata(planned, diagnostics);
    checkMonitors(planned, diagnostics);
  },
  create(input, call) {
    const id = call.configuration.newId();
    return {
      id,
      token: agentToken(id, null, call),
      init_script: initScript(input, call.configuration),
      display_apps: [DEFAULT_APPS],
    };
  },
  read(state, call) {
    const { id, os, arch, auth, token, display_apps: apps } = state;
    return {
      token: agentToken(id ?? "", token, call),
      init_script: initScript({ os: os ?? "", arch: arch ?? "", auth: auth ?? "" }, call.configuration),
      ...(apps.length === 0 ? { display_apps: [DEFAULT_APPS] } : {}),
    };
  },
});

type PlannedAgent = Planned<typeof agentSchema>;

function checkMetadata({ metadata }: PlannedAgent, diagnostics: Diagnostics): void {
  if (isUnknown(metadata)) return;
  const key = firstRepeated(metadata.map((item) => item.key));
  if (key !== undefined) diagnostics.error({ summary: `duplicate agent metadata key ${goQuote(key)}` });
}

function checkMonitors({ resources_monitoring: monitoring }: PlannedAgent, diagnostics: Diagnostics): void {
  if (isUnknown(monitoring)) return;
  for (const { memory, volume } of monitoring) {
    if (isUnknown(memory) || isUnknown(volume)) continue;
    if (memory.length + volume.length === 0) diagnostics.error({ summary: "resources_monitoring must define at least one monitor" });
    const path = firstRepeated(volume.map((item) => item.path));
    if (path !== undefined) diagnostics.error({ summary: `duplicate volume path ${goQuote(path)}` });
  }
}
