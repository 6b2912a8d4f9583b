import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { outputOption } from "../options.ts";
import { printJson } from "../print.ts";
import { VERSION, VERSION_LINE } from "../version.ts";

export function addVersionCommand(parent: Command, context: CliContext): void {
  parent
    .command("version")
    .description("Print the version of this program")
    .addOption(outputOption(["text", "json"]))
    .action(({ output }: { output: string }) => {
      if (output === "json") printJson(context, { version: VERSION });
      else context.stdout.write(`${VERSION_LINE}\n`);
    });
}
