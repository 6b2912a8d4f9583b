import { hostname } from "node:os";
import { type Command, Option } from "commander";
import { isSecret } from "#credentials/secret.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { daemonName } from "../daemon-name.ts";
import { CliError } from "../failure.ts";
import { type IsolationSettings, isolationOption, isolationUsersOption, openIsolationFor } from "../isolation-options.ts";
import { forceCancelOption, logFormatOption, providerOption } from "../server-options.ts";
import { findUrl } from "../session-client.ts";
import { openDefaultWorkFolder } from "../work-folder.ts";

interface StartOptions extends GlobalOptions, IsolationSettings {
  readonly key?: string;
  readonly name?: string;
  readonly provider: "in-process" | "plugin";
  readonly cacheDir?: string;
  readonly terraform?: string;
  readonly forceCancelInterval: number;
  readonly logFormat: "human" | "json";
}

export function addProvisionerStartCommand(parent: Command, context: CliContext): void {
  parent
    .command("start")
    .description("Run a provisioner daemon: take jobs from a server and run Terraform for them")
    .addOption(
      new Option("--key <key>", "key from `proviso provisioner keys create`; prefer the environment variable").env(
        "CODER_PROVISIONER_DAEMON_KEY",
      ),
    )
    .addOption(new Option("--name <name>", "name of the daemon; default: the name of this machine").env("CODER_PROVISIONER_DAEMON_NAME"))
    .addOption(providerOption())
    .addOption(
      new Option("-c, --cache-dir <folder>", "working folder of jobs; default: one in the system's temporary folder").env(
        "CODER_CACHE_DIRECTORY",
      ),
    )
    .addOption(new Option("--terraform <path>", "path of the Terraform executable; default: the one on PATH").env("PROVISO_TERRAFORM"))
    .addOption(forceCancelOption("--force-cancel-interval", "CODER_PROVISIONER_DAEMON_FORCE_CANCEL_INTERVAL"))
    .addOption(isolationOption())
    .addOption(isolationUsersOption())
    .addOption(logFormatOption())
    .addHelpText(
      "after",
      "\nOn SIGTERM, the daemon takes no new jobs and finishes the running one. On SIGINT (Ctrl-C), it takes no new jobs and cancels the running one.",
    )
    .action(async (_options: unknown, command: Command) => runDaemon(context, command.optsWithGlobals<StartOptions>()));
}

async function runDaemon(context: CliContext, options: StartOptions): Promise<void> {
  const { key } = options;
  if (!key)
    throw new CliError("no provisioner key given: create one with `proviso provisioner keys create`, and set CODER_PROVISIONER_DAEMON_KEY");
  if (!isSecret("provisioner", key)) throw new CliError("the provisioner key is not valid: check that it was copied completely");
  const url = await findUrl(context, options);
  const [{ createLog }, { warnAboutTerraform }] = await Promise.all([import("../log.ts"), import("../warn-about-terraform.ts")]);
  const log = createLog({ out: context.stderr, format: options.logFormat, level: options.verbose ? "debug" : "info" });
  await warnAboutTerraform(context, options.terraform);

  await using owned = new AsyncDisposableStack();
  const workDirectory = options.cacheDir || (await openDefaultWorkFolder());
  const isolation = await openIsolationFor(context, options, { hidden: [], workDirectory, log });
  const { startDaemon } = await import("#provisioner/daemon.ts");
  const daemon = owned.use(
    startDaemon({
      serverUrl: url,
      key,
      name: options.name || daemonName(hostname()),
      workDirectory,
      isolation,
      environment: context.env,
      provider: options.provider,
      forceCancelMs: options.forceCancelInterval,
      log,
      ...(options.terraform ? { terraform: options.terraform } : {}),
    }),
  );

  let ending: Promise<void> | undefined;
  using _interrupt = context.interrupts.hold(() => {
    context.stderr.write("Canceling the running job, if any ...\n");
    ending = daemon.interrupt();
  });
  using _termination = context.interrupts.holdTermination(() => {
    context.stderr.write("Finishing the running job, if any ...\n");
    ending ??= daemon.drain();
  });
  await daemon.finished;
  await ending;
}
