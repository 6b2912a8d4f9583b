/** Options of the commands that run jobs. */
import { Option } from "commander";
import { parseDurationMs } from "./options.ts";

export function providerOption(): Option {
  return new Option("--provider <mode>", "how Terraform uses the coder provider: in this process, or as a plugin that Terraform starts")
    .choices(["in-process", "plugin"])
    .default("in-process")
    .env("PROVISO_PROVIDER");
}

export function logFormatOption(): Option {
  return new Option("--log-format <format>", "format of the log on stderr")
    .choices(["human", "json"])
    .default("human")
    .env("PROVISO_LOG_FORMAT");
}

/** @param name with its dashes, as each command has it */
export function forceCancelOption(name: string, variable: string): Option {
  return new Option(`${name} <time>`, "time that Terraform has to finish a canceled job before it is killed")
    .env(variable)
    .default(600_000, "10m")
    .argParser(parseDurationMs);
}
