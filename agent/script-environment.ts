import { delimiter } from "node:path";
import { expandValue } from "./expand-path.ts";

export interface EnvironmentSource {
  /** The agent's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For a HOME that the agent's own environment does not have. */
  readonly home: string;
  readonly username: string;
  readonly token: string;
  /** This program as an executable that answers `gitssh` and Git's password prompts; undefined when it runs from source. */
  readonly executable: string | undefined;
  readonly workspace: { readonly id: string; readonly name: string; readonly agentName: string; readonly ownerName: string };
  readonly vscodeProxyUri: string;
  /** The first folder on the PATH; undefined if there is no trusted one. */
  readonly binFolder: string | undefined;
  /** Variables of the template; `$NAME` in a value refers to the agent's own environment, as in {@link expandValue}. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Builds the environment of scripts and metadata commands. Later layers win: the agent's own, ours, the template's, what Git needs. */
export function scriptEnvironment(source: EnvironmentSource): Record<string, string> {
  const { env, workspace, executable } = source;
  const expanded = Object.entries(source.variables).map(([name, value]) => [name, expandValue(name, value, env)]);
  const layers: Readonly<Record<string, string | undefined>> = {
    ...env,
    HOME: env.HOME || source.home,
    USER: source.username,
    SSH_CLIENT: "0.0.0.0 0 0",
    SSH_CONNECTION: "0.0.0.0 0 0.0.0.0 0",
    CODER: "true",
    CODER_WORKSPACE_NAME: workspace.name,
    CODER_WORKSPACE_AGENT_NAME: workspace.agentName,
    CODER_WORKSPACE_OWNER_NAME: workspace.ownerName,
    CODER_WORKSPACE_ID: workspace.id,
    CODER_AGENT_TOKEN: source.token,
    CS_DISABLE_GETTING_STARTED_OVERRIDE: "true",
    ...(source.vscodeProxyUri === "" ? {} : { VSCODE_PROXY_URI: source.vscodeProxyUri }),
    ...(executable === undefined ? {} : { GIT_SSH_COMMAND: `${executable} gitssh --` }),
    ...Object.fromEntries(expanded),
    ...(executable === undefined ? {} : { GIT_ASKPASS: executable }),
  };
  const path = [source.binFolder, layers.PATH].filter((part) => part !== undefined && part !== "").join(delimiter);
  return Object.fromEntries(
    Object.entries({ ...layers, PATH: path }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
