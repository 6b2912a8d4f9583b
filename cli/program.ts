/** The whole command tree. Each command has a file in commands/; long-running programs are imported only when they start. */
import { Command, CommanderError, Option } from "commander";
import { addAgentCommand } from "./commands/agent.ts";
import { addAuditListCommand } from "./commands/audit-list.ts";
import { addCreateCommand } from "./commands/create.ts";
import { addDeleteCommand } from "./commands/delete.ts";
import { addListCommand } from "./commands/list.ts";
import { addLoginCommand } from "./commands/login.ts";
import { addLogoutCommand } from "./commands/logout.ts";
import { addLogsCommand } from "./commands/logs.ts";
import { addOrganizationsCreateCommand } from "./commands/organizations-create.ts";
import { addOrganizationsListCommand } from "./commands/organizations-list.ts";
import { addOrganizationsMembersAddCommand } from "./commands/organizations-members-add.ts";
import { addOrganizationsMembersEditRolesCommand } from "./commands/organizations-members-edit-roles.ts";
import { addOrganizationsMembersListCommand } from "./commands/organizations-members-list.ts";
import { addOrganizationsMembersRemoveCommand } from "./commands/organizations-members-remove.ts";
import { addOrganizationsShowCommand } from "./commands/organizations-show.ts";
import { addProviderMirrorCommand } from "./commands/provider-mirror.ts";
import { addProvisionerJobsListCommand } from "./commands/provisioner-jobs-list.ts";
import { addProvisionerKeysCreateCommand } from "./commands/provisioner-keys-create.ts";
import { addProvisionerKeysDeleteCommand } from "./commands/provisioner-keys-delete.ts";
import { addProvisionerKeysListCommand } from "./commands/provisioner-keys-list.ts";
import { addProvisionerStartCommand } from "./commands/provisioner-start.ts";
import { addScopesListCommand } from "./commands/scopes-list.ts";
import { addServerCommand } from "./commands/server.ts";
import { addShowCommand } from "./commands/show.ts";
import { addStartCommand } from "./commands/start.ts";
import { addStatePullCommand } from "./commands/state-pull.ts";
import { addStatePushCommand } from "./commands/state-push.ts";
import { addStopCommand } from "./commands/stop.ts";
import { addTemplatesDeleteCommand } from "./commands/templates-delete.ts";
import { addTemplatesListCommand } from "./commands/templates-list.ts";
import { addTemplatesPushCommand } from "./commands/templates-push.ts";
import { addTemplatesVersionsListCommand } from "./commands/templates-versions-list.ts";
import { addTokensCreateCommand } from "./commands/tokens-create.ts";
import { addTokensListCommand } from "./commands/tokens-list.ts";
import { addTokensRemoveCommand } from "./commands/tokens-remove.ts";
import { addTokensUpdateCommand } from "./commands/tokens-update.ts";
import { addTokensUsageCommand } from "./commands/tokens-usage.ts";
import { addTokensViewCommand } from "./commands/tokens-view.ts";
import { addUsersCreateCommand } from "./commands/users-create.ts";
import { addUsersDeleteCommand } from "./commands/users-delete.ts";
import { addUsersEditRolesCommand } from "./commands/users-edit-roles.ts";
import { addUsersListCommand } from "./commands/users-list.ts";
import { addUsersSetPasswordCommand } from "./commands/users-set-password.ts";
import { addUsersActivateCommand, addUsersSuspendCommand } from "./commands/users-set-status.ts";
import { addUsersShowCommand } from "./commands/users-show.ts";
import { addVersionCommand } from "./commands/version.ts";
import { addWhoamiCommand } from "./commands/whoami.ts";
import type { CliContext } from "./context.ts";
import { describeFailure } from "./describe-failure.ts";
import { VERSION_LINE } from "./version.ts";

/** Runs one command line. @returns the process's exit code */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const program = createProgram(context);
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    // Commander has already printed its own errors; requested help also ends here, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode;
    const { lines, exitCode } = describeFailure(error, { verbose: program.opts<{ verbose?: boolean }>().verbose === true });
    for (const line of lines) context.stderr.write(`${line}\n`);
    return exitCode;
  }
}

/** Defines every command; nothing runs until a command line is parsed. */
export function createProgram(context: CliContext): Command {
  const program = new Command("proviso")
    .description("Workspaces from Coder templates, and tokens that can do exactly what they were granted.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: (text) => context.stderr.write(text) })
    .configureHelp({ showGlobalOptions: true })
    .addOption(new Option("--url <url>", "address of the server").env("CODER_URL"))
    .addOption(new Option("--token <token>", "session key or API token; prefer the environment variable").env("CODER_SESSION_TOKEN"))
    .addOption(new Option("--global-config <folder>", "folder that stores the login").env("CODER_CONFIG_DIR"))
    .addOption(new Option("-v, --verbose", "show more: debug lines of jobs, and the requests that failed").env("CODER_VERBOSE"))
    .version(VERSION_LINE, "--version", "print the version")
    // By now the options have their values. Programs that a template runs may see what the system shows of this process.
    .hook("preAction", () => context.scrubEnvironment?.());

  addLoginCommand(program, context);
  addLogoutCommand(program, context);
  addWhoamiCommand(program, context);

  const tokens = program
    .command("tokens")
    .alias("token")
    .description("Manage tokens for programs: what each can do, to which objects, and for how long");
  addTokensCreateCommand(tokens, context);
  addTokensListCommand(tokens, context);
  addTokensViewCommand(tokens, context);
  addTokensUpdateCommand(tokens, context);
  addTokensUsageCommand(tokens, context);
  addTokensRemoveCommand(tokens, context);
  addScopesListCommand(program.command("scopes").alias("scope").description("Show what tokens can be allowed to do"), context);

  const templates = program.command("templates").alias("template").description("Push and manage templates");
  addTemplatesPushCommand(templates, context);
  addTemplatesListCommand(templates, context);
  addTemplatesDeleteCommand(templates, context);
  addTemplatesVersionsListCommand(templates.command("versions").alias("version").description("Manage versions of a template"), context);

  addCreateCommand(program, context);
  addListCommand(program, context);
  addShowCommand(program, context);
  addStartCommand(program, context);
  addStopCommand(program, context);
  addDeleteCommand(program, context);
  addLogsCommand(program, context);
  const state = program.command("state").description("Get and give back what Terraform knows of a workspace");
  addStatePullCommand(state, context);
  addStatePushCommand(state, context);

  const users = program.command("users").alias("user").description("Manage users and their site roles");
  addUsersListCommand(users, context);
  addUsersCreateCommand(users, context);
  addUsersShowCommand(users, context);
  addUsersSuspendCommand(users, context);
  addUsersActivateCommand(users, context);
  addUsersDeleteCommand(users, context);
  addUsersEditRolesCommand(users, context);
  addUsersSetPasswordCommand(users, context);

  const organizations = program.command("organizations").aliases(["organization", "orgs", "org"]).description("Manage organizations");
  addOrganizationsListCommand(organizations, context);
  addOrganizationsShowCommand(organizations, context);
  addOrganizationsCreateCommand(organizations, context);
  const members = organizations.command("members").alias("member").description("Manage members of an organization, and their roles in it");
  addOrganizationsMembersListCommand(members, context);
  addOrganizationsMembersAddCommand(members, context);
  addOrganizationsMembersRemoveCommand(members, context);
  addOrganizationsMembersEditRolesCommand(members, context);

  addAuditListCommand(program.command("audit").description("Show who changed what"), context);

  addServerCommand(program, context);
  const provisioner = program.command("provisioner").alias("provisioners").description("Run and manage provisioner daemons");
  addProvisionerStartCommand(provisioner, context);
  const keys = provisioner.command("keys").alias("key").description("Manage the keys with which daemons register");
  addProvisionerKeysCreateCommand(keys, context);
  addProvisionerKeysListCommand(keys, context);
  addProvisionerKeysDeleteCommand(keys, context);
  addProvisionerJobsListCommand(provisioner.command("jobs").alias("job").description("Show the jobs of daemons"), context);
  addProviderMirrorCommand(
    program.command("provider").description("Install the coder provider for Terraform on your own machine"),
    context,
  );
  addAgentCommand(program, context);
  addVersionCommand(program, context);

  finish(program, "proviso");
  return program;
}

/** Adds what every command has: the short names that people try first, and a hint about help after a wrong option. */
function finish(command: Command, path: string): void {
  command.showHelpAfterError(`Run "${path} --help" for usage.`);
  if (command.name() === "delete" || command.name() === "remove") command.alias("rm");
  if (command.name() === "list") command.alias("ls");
  for (const child of command.commands) finish(child, `${path} ${child.name()}`);
}
