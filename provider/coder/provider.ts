import type { Provider } from "../sdk/provider.ts";
import type { CoderContext } from "./context.ts";

export type { CoderContext } from "./context.ts";

/** The source address of the `coder` provider, as templates name it. */
export const CODER_PROVIDER_ADDRESS = "registry.terraform.io/coder/coder";

export function coderProvider(_context: CoderContext): Provider {
  return { name: "coder", open: () => ({ getProviderSchema: async () => ({ provider: { block: {} } }) }) };
}
