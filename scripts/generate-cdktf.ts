/** Generates the TypeScript bindings of our provider for CDK for Terraform: `npm run generate:cdktf`, see docs/cdktf.md. */
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { GENERATOR_NAMES, isGeneratorName } from "../cdktf/binding-generator.ts";
import { ForeignDirectoryError, makeBindings } from "../cdktf/make-bindings.ts";
import { StepError } from "../cdktf/run-node.ts";

const DEFAULT_DIRECTORY = join(import.meta.dirname, "..", "dist", "cdktf");

const HELP = `Usage: npm run generate:cdktf -- [options]

Generates the bindings of the coder provider for CDK for Terraform, as JavaScript with types. Requires no network access or Terraform.

Options:
  --generator <name>  library that the bindings are for: ${GENERATOR_NAMES.join(" or ")} (default: ${GENERATOR_NAMES[0]})
  --out <folder>      folder to write to, replacing any bindings in it (default: dist/cdktf, which is imported as proviso/cdktf)
  -h, --help          show this help
`;

/** An error in the command line. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

async function main(args: readonly string[]): Promise<number> {
  const values = parseUsage(args);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { generator } = values;
  if (!isGeneratorName(generator))
    throw new UsageError(`--generator must be ${GENERATOR_NAMES.join(" or ")}, got ${JSON.stringify(generator)}`);
  const directory = values.out === undefined ? DEFAULT_DIRECTORY : resolve(values.out);

  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.once(name, () => interrupted.abort(new InterruptedError(`interrupted by ${name}`)));
  const startedAt = performance.now();
  await makeBindings({ generator, directory, signal: interrupted.signal });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`Generated bindings for ${generator} in ${relative(process.cwd(), directory) || "."} (${seconds} s)`);
  return 0;
}

function parseUsage(args: readonly string[]) {
  try {
    const generator = { type: "string", default: GENERATOR_NAMES[0] } as const;
    return parseArgs({ args: [...args], options: { generator, out: { type: "string" }, help: { type: "boolean", short: "h" } } }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Errors that the caller caused or can fix get one line; any other error is a bug and shows its stack. */
function isExpected(error: unknown): error is Error {
  if ([ForeignDirectoryError, InterruptedError, StepError, UsageError].some((expected) => error instanceof expected)) return true;
  // For example, a folder that cannot be created, or a full disk.
  return error instanceof Error && "syscall" in error;
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
    if (!isExpected(error)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    return 1;
  });
}
