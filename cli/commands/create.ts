import { type Command, Option } from "commander";
import type { Client } from "#sdk/client.ts";
import { nameProblem } from "#sdk/names.ts";
import type { TemplateVersion } from "#sdk/template-versions.ts";
import type { Template } from "#sdk/templates.ts";
import type { CliContext } from "../context.ts";
import { CliError } from "../failure.ts";
import { type ConfirmOptions, collectPairs, type OrganizationOptions, organizationOption, yesOption } from "../options.ts";
import { createPrompts, type Prompts } from "../prompt.ts";
import { formatResources } from "../resource-tree.ts";
import { createSessionClient, findTemplate, nameOrganization, orMissing } from "../session-client.ts";
import { watchBuild } from "../watch-build.ts";
import { answerParameters } from "../workspace-parameters.ts";

interface CreateOptions extends ConfirmOptions, OrganizationOptions {
  readonly template?: string;
  readonly templateVersion?: string;
  readonly parameter?: Record<string, string>;
  readonly useParameterDefaults?: boolean;
  readonly wait: boolean;
}

export function addCreateCommand(parent: Command, context: CliContext): void {
  parent
    .command("create")
    .description("Create a workspace")
    .argument("[workspace]", "name, or owner/name")
    .addOption(new Option("-t, --template <name>", "template to build from").env("CODER_TEMPLATE_NAME"))
    .addOption(new Option("--template-version <name>", "version of the template; default: the active one").env("CODER_TEMPLATE_VERSION"))
    .option("--parameter <name=value>", "value of a parameter; repeat for more", collectPairs)
    .addOption(
      new Option("--use-parameter-defaults", "use the default values of parameters without asking").env(
        "CODER_WORKSPACE_USE_PARAMETER_DEFAULTS",
      ),
    )
    .option("--no-wait", "do not wait for the build to finish")
    .addOption(yesOption())
    .addOption(organizationOption())
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      await create(context, name, command.optsWithGlobals<CreateOptions>());
    });
}

async function create(context: CliContext, argument: string | undefined, options: CreateOptions): Promise<void> {
  const { signal } = context.interrupts;
  const prompts = createPrompts(context);
  const client = await createSessionClient(context, options);
  const organization = await nameOrganization(client, options.org, signal);
  const fullName = argument ?? (await prompts.text("Name of the workspace?", { validate: nameProblem }));
  const [owner = "me", name = fullName] = fullName.includes("/") ? fullName.split("/") : ["me", fullName];

  const template = await chooseTemplate(client, prompts, organization, options.template, signal);
  const versionId = options.templateVersion
    ? (await findVersion(client, template, options.templateVersion, signal)).id
    : template.active_version_id;
  const parameters = await client.listTemplateVersionParameters(versionId, { signal });
  const asks = context.stdin.isTTY && !options.useParameterDefaults;
  const values = await answerParameters(parameters, { given: options.parameter ?? {}, ...(asks ? { prompts } : {}) });
  if (!options.yes) await prompts.confirm(`Create workspace ${name} from template ${template.name}?`);

  const workspace = await client.createWorkspace(
    owner,
    {
      name,
      ...(options.templateVersion ? { template_version_id: versionId } : { template_id: template.id }),
      rich_parameter_values: values,
    },
    { signal },
  );
  if (!options.wait) {
    context.stdout.write(`Workspace ${workspace.name} is being built.\n`);
    return;
  }
  await watchBuild(context, client, workspace.latest_build, options);
  const { resources } = await client.getWorkspaceBuild(workspace.latest_build.id, { signal });
  context.stdout.write(`\n${formatResources(resources, { agentStatus: false })}`);
  context.stdout.write(
    `\nThe ${workspace.name} workspace has been created at ${new Date(context.now()).toLocaleString()}! To see the status of its agents:\n`,
  );
  context.stdout.write(`\n  proviso show ${owner === "me" ? "" : `${owner}/`}${workspace.name}\n`);
}

function findVersion(client: Client, template: Template, name: string, signal: AbortSignal): Promise<TemplateVersion> {
  const hint = `List its versions with \`proviso templates versions list ${template.name}\`.`;
  return orMissing(client.getTemplateVersionByName(template.id, name, { signal }), `version "${name}" of template ${template.name}`, hint);
}

async function chooseTemplate(
  client: Client,
  prompts: Prompts,
  organization: string,
  name: string | undefined,
  signal: AbortSignal,
): Promise<Template> {
  if (name) return findTemplate(client, organization, name, signal);
  const templates = await client.listOrganizationTemplates(organization, { signal });
  const [first, ...others] = templates;
  if (first === undefined) throw new CliError("there are no templates yet: push one with `proviso templates push`");
  if (others.length === 0) return first;
  const id = await prompts.select(
    "Which template?",
    templates.map((template) => ({ value: template.id, label: template.name })),
  );
  return templates.find((template) => template.id === id) ?? first;
}
