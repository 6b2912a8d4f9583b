import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { CliContext } from "../context.ts";
import { CliError } from "../failure.ts";

export function addProviderMirrorCommand(parent: Command, context: CliContext): void {
  parent
    .command("mirror")
    .description("Write a folder from which Terraform can install the coder provider, and print the lines for ~/.terraformrc")
    .argument("<folder>", "created if it does not exist, updated if it does", notEmpty)
    .addHelpText(
      "after",
      "\nThe folder also gets the executables that `npm run release:provider` built for other platforms. If a project's lock file has the hashes" +
        " of another build, run `terraform providers lock -fs-mirror=FOLDER coder/coder` in the project.",
    )
    .action(async (folder: string) => mirror(context, resolve(context.workingDirectory, folder)));
}

/** An empty name usually comes from an unset shell variable; it does not mean the current folder. */
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
        throw new CliError(`cannot write a mirror to ${directory}: ${error.message}`, { cause: error });
      throw error;
    },
  );
  const platforms = written.platforms.map(({ name }) => name).join(", ");
  context.stderr.write(`The coder provider ${written.version} for ${platforms} is in ${directory}.\n`);
  context.stderr.write(`Put these lines into ~/.terraformrc (~/.tofurc), or set TF_CLI_CONFIG_FILE=${written.cliConfigFile}:\n\n`);
  context.stdout.write(written.cliConfig);
}

/** Missing permissions, a file in the way, a full disk: problems that the user can fix, not bugs in this program. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
