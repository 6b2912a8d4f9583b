/** The provider as a separate program, for `terraform` on an author's machine. */
import process from "node:process";
import { servePlugin } from "../sdk/serve-plugin.ts";
import { CODER_PROVIDER_ADDRESS } from "./address.ts";
import { PROVIDER_VERSION } from "./version.ts";

const { env, argv } = process;

// Not awaited: a bundle for a single executable is CommonJS, which has no top-level await. A rejection ends the process.
void servePlugin(
  {
    name: "coder",
    version: PROVIDER_VERSION,
    address: CODER_PROVIDER_ADDRESS,
    load: async () => (await import("./provider.ts")).coderProvider({ env }),
  },
  { env, args: argv.slice(2) },
);
