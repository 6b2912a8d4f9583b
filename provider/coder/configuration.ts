import { randomUUID } from "node:crypto";
import { definitions } from "../sdk/define.ts";
import type { CoderContext } from "./context.ts";
import type { GoUrl } from "./go/url.ts";

/** What the resources and data sources of a configured provider work with. */
export interface Configuration {
  /** The address at which agents and users reach the server. */
  readonly accessUrl: GoUrl;
  readonly agentTokenSecret: Uint8Array | undefined;
  newId(): string;
  /** A variable of the build. An empty variable counts as missing. */
  variable(name: string): string | undefined;
  /** A variable of the build that counts as given even if it is empty. */
  variableEvenEmpty(name: string): string | undefined;
}

export const { resource, dataSource } = definitions<Configuration>();

export function configurationOf(context: CoderContext, accessUrl: GoUrl): Configuration {
  return {
    accessUrl,
    agentTokenSecret: context.agentTokenSecret,
    newId: context.newId ?? randomUUID,
    variable: (name) => context.env[name] || undefined,
    variableEvenEmpty: (name) => context.env[name],
  };
}
