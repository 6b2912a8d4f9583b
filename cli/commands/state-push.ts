import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import type { Command } from "commander";
import { describeProblem } from "#tfstate/describe-problem.ts";
import { STATE_LIMIT_BYTES } from "#tfstate/limits.ts";
import { type StateScan, StateScanner } from "#tfstate/scan-state.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { CliError } from "../failure.ts";
import { parseCount } from "../options.ts";
import { createSessionClient } from "../session-client.ts";
import { findStateBuild } from "../state-build.ts";
import { formatSize, meter } from "../transfer-progress.ts";

interface PushOptions extends GlobalOptions {
  readonly build?: number;
  readonly force?: boolean;
}

export function addStatePushCommand(parent: Command, context: CliContext): void {
  parent
    .command("push")
    .description("Give a workspace a state, such as one that a daemon kept in a file; requires the right to update its template")
    .argument("<workspace>", "name, owner/name, or ID")
    .argument("<file>", "a state that Terraform wrote")
    .option("--build <number>", "number of the build whose state it is; default: the latest one", parseCount(1))
    .option("--force", "take the file even if the stored state is newer, or the file seems to belong to another workspace")
    .action(async (name: string, file: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<PushOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const path = resolve(context.workingDirectory, file);
      const { sizeBytes, scan } = await checkFile(path, file);
      const { workspace, build } = await findStateBuild(client, { workspace: name, number: options.build }, signal);
      const content = Readable.toWeb(createReadStream(path)).pipeThrough(meter(context.stderr, { verb: "Sent", totalBytes: sizeBytes }));
      await client.sendWorkspaceBuildState(build.id, content, {
        signal,
        ...(options.force === true && { force: true }),
        // Another build may have begun since this one was found.
        ...(options.build === undefined && { latest: true }),
      });
      const serial = scan.kind === "whole" ? scan.serial : undefined;
      context.stdout.write(
        `Build ${build.build_number} of workspace ${workspace.name} now has the state of ${file}: serial ${serial}, ${formatSize(sizeBytes)}\n`,
      );
      const { build_number: newest } = workspace.latest_build;
      if (newest !== build.build_number)
        context.stdout.write(`Later builds keep their states: the next build starts from the state of build ${newest}.\n`);
    });
}

/** Reads the file once beforehand, so that nothing wrong is sent. @throws CliError */
async function checkFile(path: string, name: string): Promise<{ readonly sizeBytes: number; readonly scan: StateScan }> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new CliError(`cannot read ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  if (!info.isFile()) throw new CliError(`${name} is not a file`);
  if (info.size > STATE_LIMIT_BYTES)
    throw new CliError(`${name} has ${formatSize(info.size)}, and a state may have at most ${formatSize(STATE_LIMIT_BYTES)}`);
  const scanner = new StateScanner();
  for await (const bytes of createReadStream(path)) scanner.push(bytes);
  const facts = { sizeBytes: info.size, scan: scanner.end() };
  const problem = describeProblem(facts);
  if (problem !== undefined) throw new CliError(`${name} ${problem}`);
  return facts;
}
