import { basename, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { type Command, InvalidArgumentError } from "commander";
import { ApiError } from "#sdk/api-error.ts";
import type { Client } from "#sdk/client.ts";
import { templateNameProblem } from "#sdk/names.ts";
import type { TemplateVersion, VariableValue } from "#sdk/template-versions.ts";
import type { Template } from "#sdk/templates.ts";
import type { CliContext } from "../context.ts";
import { CliError } from "../failure.ts";
import { noteChangedDefaults } from "../note-changed-defaults.ts";
import {
  type ConfirmOptions,
  collectPairs,
  collectTags,
  collectWords,
  type OrganizationOptions,
  organizationOption,
  yesOption,
} from "../options.ts";
import { createPrompts } from "../prompt.ts";
import { formatResources } from "../resource-tree.ts";
import { createSessionClient, nameOrganization } from "../session-client.ts";
import { formatTags } from "../tags.ts";
import { ARCHIVE_LIMIT_BYTES, packTemplate } from "../template-archive.ts";
import { type GivenVariables, readTemplateVariables } from "../template-variables.ts";
import { warnIfNobodyRuns, watchJob } from "../watch-job.ts";

interface PushOptions extends ConfirmOptions, OrganizationOptions {
  readonly directory?: string;
  readonly name?: string;
  readonly message: string;
  readonly activate: boolean;
  readonly variable?: Record<string, string>;
  readonly var?: Record<string, string>;
  readonly useDefault?: readonly string[];
  /** Empty for none at all. */
  readonly provisionerTag?: Record<string, string>;
  readonly ignoreLockfile?: boolean;
}

export function addTemplatesPushCommand(parent: Command, context: CliContext): void {
  parent
    .command("push")
    .description("Create a new version of a template from a folder, and the template itself if it is new")
    .argument("[template]", "name of the template; default: the name of the folder")
    .option("-d, --directory <folder>", "folder of the template, or - for a tar on stdin; default: the current folder")
    .option("--name <name>", "name of the version; default: the server chooses one")
    .option("-m, --message <text>", "description of the change", "Uploaded from the CLI")
    .option("--activate [bool]", "use the version for new workspaces; always true for a new template", parseBoolean, true)
    .option("--variable <name=value>", "value of a template variable; repeat for more", collectPairs)
    .option("--var <name=value>", "the same as --variable", collectPairs)
    .option("--use-default <name>", "return a variable to the template's default; repeat for more", collectWords)
    .option(
      "--provisioner-tag <key=value>",
      "run the template only on daemons with this tag; repeat for more, or give - for none; default: the tags of the active version",
      collectTags,
    )
    .option("--ignore-lockfile", "do not warn about a missing .terraform.lock.hcl")
    .addOption(yesOption())
    .addOption(organizationOption())
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      await push(context, name, command.optsWithGlobals<PushOptions>());
    });
}

async function push(context: CliContext, argument: string | undefined, options: PushOptions): Promise<void> {
  const { signal } = context.interrupts;
  const fromStdin = options.directory === "-" || (options.directory === undefined && !context.stdin.isTTY);
  const folder = resolve(context.workingDirectory, fromStdin ? "." : (options.directory ?? "."));
  if (fromStdin && argument === undefined)
    throw new CliError("the template has no name: give one, because an archive on stdin has no folder name to use");
  const name = argument ?? basename(folder);
  const problem = templateNameProblem(name);
  if (problem !== undefined) {
    throw new CliError(`"${name}" is not a valid template name`, {
      details: [problem, "Give another name: proviso templates push NAME --directory FOLDER"],
    });
  }

  const client = await createSessionClient(context, options);
  const organization = await nameOrganization(client, options.org, signal);
  const template = await findTemplate(client, organization, name, signal);
  const upload = fromStdin ? await readArchive(context, options) : await packFolder(context, folder, options);
  const { hash: fileId } = await client.uploadFile(new Uint8Array(upload.bytes), { signal });
  const version = await client.createTemplateVersion(
    organization,
    {
      ...(options.name ? { name: options.name } : {}),
      ...(template ? { template_id: template.id } : {}),
      message: options.message,
      storage_method: "file",
      file_id: fileId,
      provisioner: "terraform",
      tags: options.provisionerTag ?? (await keptTags(context, client, template)),
      user_variable_values: [...upload.variables],
      ...(options.useDefault !== undefined && { user_variable_defaults: [...new Set(options.useDefault)] }),
    },
    { signal },
  );
  await importVersion(context, client, version, options);
  if (template !== undefined) await noteChangedDefaults(context, client, { before: template.active_version_id, now: version.id });

  const at = new Date(context.now()).toLocaleString();
  if (template === undefined) {
    await client.createTemplate(organization, { name, template_version_id: version.id }, { signal });
    context.stdout.write(
      `\nThe template ${name} has been created at ${at}! Create a workspace from it:\n\n  proviso create --template ${name} <workspace>\n`,
    );
    return;
  }
  if (options.activate) await client.setActiveTemplateVersion(template.id, { id: version.id }, { signal });
  const state = options.activate ? "has been activated" : "has been created, but not activated,";
  context.stdout.write(`\nVersion ${version.name} of ${name} ${state} at ${at}.\n`);
}

async function importVersion(context: CliContext, client: Client, version: TemplateVersion, options: PushOptions): Promise<void> {
  const { signal } = context.interrupts;
  warnIfNobodyRuns(context, version);
  await watchJob(context, {
    fetchJob: async (abort) => (await client.getTemplateVersion(version.id, { signal: abort })).job,
    followLogs: (abort) => client.followTemplateVersionLogs(version.id, { signal: abort }),
    cancel: (abort) => client.cancelTemplateVersion(version.id, { signal: abort }),
    verbose: options.verbose === true,
  });
  const resources = await client.listTemplateVersionResources(version.id, { signal });
  const started = resources.filter((resource) => resource.workspace_transition === "start");
  context.stdout.write(`\n${formatResources(started, { agentStatus: false })}`);
}

interface Upload {
  readonly bytes: Buffer;
  readonly variables: readonly VariableValue[];
}

async function packFolder(context: CliContext, folder: string, options: PushOptions): Promise<Upload> {
  const archive = await packTemplate(folder);
  if (!archive.hasLockFile && !options.ignoreLockfile) {
    context.stderr.write("warning: there is no .terraform.lock.hcl; run `terraform init` in the folder to pin the provider versions\n");
  }
  const variables = await readTemplateVariables(folder, archive.variableFiles, givenVariables(options), await variableNames(folder));
  const read = archive.variableFiles.filter((file) => !variables.unread.includes(file));
  if (read.length > 0) context.stderr.write(`Read variable values from ${read.join(", ")}.\n`);
  for (const file of variables.unread) {
    context.stderr.write(`warning: ${file} is neither uploaded nor read; give its values with --variable or in a .tfvars.json file\n`);
  }
  for (const { file, name } of variables.unknown) {
    context.stderr.write(
      `warning: ${file} has a value for ${JSON.stringify(name)}, which is not a variable of the template; it is not sent\n`,
    );
  }
  if (!options.yes) await createPrompts(context).confirm(`Upload ${folder}?`);
  return { bytes: archive.bytes, variables: variables.values };
}

async function readArchive(context: CliContext, options: PushOptions): Promise<Upload> {
  const bytes = await buffer(context.stdin);
  if (bytes.length === 0) throw new CliError("there is no archive on stdin: give a folder with --directory");
  if (bytes.length > ARCHIVE_LIMIT_BYTES)
    throw new CliError(`the archive on stdin is too big: it has ${bytes.length} bytes, and the limit is ${ARCHIVE_LIMIT_BYTES}`);
  // The server knows the template's variables when it has unpacked the archive.
  const { values } = await readTemplateVariables(".", [], givenVariables(options), undefined);
  return { bytes, variables: values };
}

function givenVariables({ variable, var: short, useDefault = [] }: PushOptions): GivenVariables {
  const values = { ...variable, ...short };
  const both = useDefault.find((name) => Object.hasOwn(values, name));
  if (both !== undefined) throw new CliError(`--variable and --use-default both name ${JSON.stringify(both)}: give only one of them`);
  return { values, defaults: useDefault };
}

/** Loaded only for a push from a folder. */
async function variableNames(folder: string): Promise<ReadonlySet<string>> {
  const { readVariableNames } = await import("#provisioner/terraform/variable-names.ts");
  return readVariableNames(folder);
}

/** Returns the tags of the active version, which a push without tags keeps. */
async function keptTags(context: CliContext, client: Client, template: Template | undefined): Promise<Record<string, string>> {
  if (template === undefined) return {};
  const { job } = await client.getTemplateVersion(template.active_version_id, { signal: context.interrupts.signal });
  const { owner: _, ...tags } = job.tags;
  const added = Object.entries(tags).filter(([key, value]) => key !== "scope" || value !== "organization");
  if (added.length > 0)
    context.stderr.write(
      `The provisioner tags of the active version are kept: ${formatTags(Object.fromEntries(added))}. Others: --provisioner-tag key=value; none: --provisioner-tag -\n`,
    );
  return Object.fromEntries(added);
}

async function findTemplate(client: Client, organization: string, name: string, signal: AbortSignal): Promise<Template | undefined> {
  try {
    return await client.getTemplateByName(organization, name, { signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function parseBoolean(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new InvalidArgumentError("It must be true or false.");
}
