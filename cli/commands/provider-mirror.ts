import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { CliContext } from "../context.ts";
import { CliError } from "../failure.ts";

export function addProviderMirrorCommand(parent: Command, context: CliContext): void {
  parent
    .command("mirror")
    .description("Write a folder from which Terraform installs the coder provider, and print the lines for ~/.terraformrc")
    .argument("<folder>", "made if it is not there; run again, it is brought up to date", notEmpty)
    .addHelpText(
      "after",
      "\nOther platforms' executables of `npm run release:provider` are put into it, too. A project whose lock file has the hashes of another" +
        " build takes this one after `terraform providers lock -fs-mirror=FOLDER coder/coder`.",
    )
    .action(async (folder: string) => mirror(context, resolve(context.workingDirectory, folder)));
}

/** An empty name is a shell's variable that is not set; the current folder was not meant. */
function notEmpty(folder: string): string {
  if (folder === "") throw new InvalidArgumentError("It must not be empty.");
  return folder;
}

async function mirror(context: CliContext, directory: string): Promise<void> {
  const { signal } = context.interrupts;
  const [{ writeMirror }, { ReleaseError }] = await Promise.all([
    import("#provider/release/mirror.ts"),
    import("#provider/release/release-error.ts"),
  ]);
  const written = await writeMirror({ directory, signal, onBuild: () => context.stderr.write("Building the provider ...\n") }).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof ReleaseError || isSystemError(error))
        throw new CliError(`no mirror in ${directory}: ${error.message}`, { cause: error });
      throw error;
    },
  );
  const platforms = written.platforms.map(({ name }) => name).join(", ");
  context.stderr.write(`The coder provider ${written.version} for ${platforms} is in ${directory}.\n`);
  context.stderr.write(`Put these lines into ~/.terraformrc (~/.tofurc), or set TF_CLI_CONFIG_FILE=${written.cliConfigFile}:\n\n`);
  context.stdout.write(written.cliConfig);
}

/** No right to write there, a file in the way, a full disk: for the person, not a fault of this program. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
