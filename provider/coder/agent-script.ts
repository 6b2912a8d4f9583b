import type { Configuration } from "./configuration.ts";
import { formatGoUrl, rootOf } from "./go/url.ts";

/** The script that starts an agent of this platform; empty if the build brings none for it. */
export function initScript(agent: { os: string; arch: string; auth: string }, configuration: Configuration): string {
  const script = configuration.variable(`CODER_AGENT_SCRIPT_${agent.os}_${agent.arch}`) ?? "";
  const accessUrl = formatGoUrl(rootOf(configuration.accessUrl));
  // By functions, because replaceAll gives a meaning to `$&` in a text that it puts in.
  return script.replaceAll(/\$\{ACCESS_URL\}/g, () => accessUrl).replaceAll(/\$\{AUTH_TYPE\}/g, () => agent.auth);
}
