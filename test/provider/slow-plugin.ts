/**
 * A provider as a program, for tests of how one ends: its only resource is never made. Told by the environment: SLOW_PLATFORM is the platform
 * that it takes itself to be on.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { definitions } from "#provider/sdk/define.ts";
import { defineProvider } from "#provider/sdk/provider.ts";
import { strictRules } from "#provider/sdk/rules/strict.ts";
import { computed, optional, required } from "#provider/sdk/schema/attribute.ts";
import { block } from "#provider/sdk/schema/block.ts";
import { bool, string } from "#provider/sdk/schema/value-type.ts";
import { servePlugin } from "#provider/sdk/serve-plugin.ts";

const { resource } = definitions<null>();

const thing = resource({
  version: 0,
  schema: block({
    attributes: {
      id: computed(string),
      started: required(string, { description: "The file to write the process id into when the wait begins." }),
      stubborn: optional(bool, { description: "Whether to wait on when told to end." }),
    },
  }),
  create: ({ started, stubborn }, { signal }) =>
    new Promise((_resolve, reject) => {
      if (stubborn !== true) signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      writeFileSync(started, String(process.pid));
    }),
});

const { env, argv } = process;

await servePlugin(
  {
    name: "slow",
    version: "0.1.0",
    address: "registry.terraform.io/coder/coder",
    load: async () =>
      defineProvider({
        name: "slow",
        rules: strictRules,
        schema: block({}),
        configure: () => null,
        resources: { coder_slow: thing },
        dataSources: {},
      }),
  },
  { env, args: argv.slice(2), ...(env.SLOW_PLATFORM === "win32" ? { platform: env.SLOW_PLATFORM } : {}) },
);
