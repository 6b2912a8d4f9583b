import process from "node:process";
import { servePlugin } from "proviso/provider-sdk/serve-plugin";

const { env, argv } = process;

void servePlugin(
  {
    name: "shelf",
    version: "0.1.0",
    address: "registry.terraform.io/acme/shelf",
    load: async () => (await import("./provider.ts")).shelfProvider(),
  },
  { env, args: argv.slice(2) },
);
