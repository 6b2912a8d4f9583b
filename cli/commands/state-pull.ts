import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { StateScanner } from "#tfstate/scan-state.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { CliError } from "../failure.ts";
import { parseCount } from "../options.ts";
import { createSessionClient } from "../session-client.ts";
import { findStateBuild } from "../state-build.ts";
import { openStateFile } from "../state-file.ts";
import { formatSize, meter } from "../transfer-progress.ts";

interface PullOptions extends GlobalOptions {
  readonly build?: number;
  readonly late?: boolean;
}

export function addStatePullCommand(parent: Command, context: CliContext): void {
  parent
    .command("pull")
    .description(
      "Get Terraform's state of a workspace, which contains secrets; requires the rights to update its template and to read the personal data of its owner",
    )
    .argument("<workspace>", "name, owner/name, or ID; a deleted workspace only by its ID")
    .argument("[file]", "file to write, for its owner only; default, or -: standard output")
    .option("--build <number>", "number of the build; default: the latest one", parseCount(1))
    .option("--late", "the state that arrived when it could no longer become the build's own")
    .action(async (name: string, file: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<PullOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const path = file === undefined || file === "-" ? undefined : resolve(context.workingDirectory, file);
      const write = path === undefined ? undefined : await openStateFile(path);
      const { workspace, build } = await findStateBuild(client, { workspace: name, number: options.build }, signal);
      const late = options.late === true;
      const { sizeBytes, content } = await client.streamWorkspaceBuildState(build.id, { signal, ...(late && { late }) });
      if (sizeBytes === 0) {
        await content.cancel();
        throw new CliError(`build ${build.build_number} of workspace ${workspace.name} has no ${late ? "late " : ""}state`);
      }
      const metered = content.pipeThrough(meter(context.stderr, { verb: "Received", totalBytes: sizeBytes }));
      if (write === undefined) {
        await pipeline(Readable.fromWeb(metered), context.stdout, { end: false });
        return;
      }
      const scanner = new StateScanner();
      await write(scanned(metered, scanner));
      const scan = scanner.end();
      const serial = scan.kind === "whole" ? `serial ${scan.serial ?? "unknown"}` : "not a whole state";
      context.stdout.write(`Wrote the state of build ${build.build_number} to ${path}: ${serial}, ${formatSize(sizeBytes)}\n`);
    });
}

async function* scanned(content: AsyncIterable<Uint8Array>, scanner: StateScanner): AsyncGenerator<Uint8Array> {
  for await (const bytes of content) {
    scanner.push(bytes);
    yield bytes;
  }
}
