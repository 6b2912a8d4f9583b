import type { Configuration } from "./configuration.ts";
import { formatGoUrl, rootOf } from "./go/url.ts";

/** The script that starts an agent on this platform; empty if the build has none for it. */
export function initScript(agent: { os: string; arch: string; auth: string }, configuration: Configuration): string {
  const script = configuration.variable(`CODER_AGENT_SCRIPT_${agent.os}_${agent.arch}`) ?? "";
  const accessUrl = formatGoUrl(rootOf(configuration.accessUrl));
  // Uses functions, because replaceAll interprets `$&` in a replacement text.
  return script.replaceAll(/\$\{ACCESS_URL\}/g, () => accessUrl).replaceAll(/\$\{AUTH_TYPE\}/g, () => agent.auth);
}
