import { DiagnosticError } from "../sdk/diagnostic.ts";
import { computed, optional, required } from "../sdk/schema/attribute.ts";
import { block } from "../sdk/schema/block.ts";
import { validator } from "../sdk/schema/validators.ts";
import { string } from "../sdk/schema/value-type.ts";
import { type Configuration, dataSource } from "./configuration.ts";
import { goQuote } from "./go/quote.ts";
import { implicitId } from "./implicit-id.ts";
import { isVariableName } from "./variable-name.ts";

const variableName = validator<string>((value) =>
  value === "" || isVariableName(value)
    ? undefined
    : `\`env\` must be a POSIX-compliant name of an environment variable (letters, digits and underscores, not beginning with a digit), got ${goQuote(value)}`,
);

const filePath = validator<string>((value) =>
  value === "" || value.startsWith("/") || value.startsWith("~/")
    ? undefined
    : `\`file\` must start with \`/\` or \`~/\`, got ${goQuote(value)}`,
);

/** A secret of the workspace's owner that the template requires. Users decide themselves where their secrets appear. */
export const coderSecret = dataSource({
  version: 1,
  schema: block({
    description:
      "A secret that the workspace's owner must have: a workspace without it does not start. Exactly one of `env` and `file` tells which.",
    attributes: {
      id: { ...implicitId, description: "`env:` and the variable, or `file:` and the path." },
      env: optional(string, { description: "The environment variable that holds the secret.", validate: [variableName] }),
      file: optional(string, { description: "The file that holds the secret: a path from `/` or from `~/`.", validate: [filePath] }),
      help_message: required(string, { description: "What to tell an owner who lacks the secret; may be empty." }),
      value: computed(string, { sensitive: true, description: "The secret; empty where it is missing and the workspace does not start." }),
    },
  }),
  read({ env, file, help_message: help }, { configuration }) {
    if (Boolean(env) === Boolean(file)) throw new DiagnosticError({ summary: "exactly one of `env` or `file` must be set" });
    const value = configuration.variable(env ? `CODER_SECRET_ENV_${env}` : `CODER_SECRET_FILE_${Buffer.from(file ?? "").toString("hex")}`);
    if (value === undefined && isStarting(configuration))
      throw missing(env ? `environment variable ${goQuote(env)}` : `file ${goQuote(file ?? "")}`, help);
    return { id: env ? `env:${env}` : `file:${file}`, value: value ?? "" };
  },
});

/** A workspace must be able to stop without its secrets, and there are none on an author's machine. */
function isStarting({ variable }: Configuration): boolean {
  return variable("CODER_WORKSPACE_BUILD_ID") !== undefined && variable("CODER_WORKSPACE_TRANSITION") === "start";
}

function missing(what: string, help: string): DiagnosticError {
  const paragraphs = [
    `Required: ${what}`,
    ...(help === "" ? [] : [`Help message: ${help}`]),
    `To resolve: ensure a secret exposes the ${what}.`,
  ];
  return new DiagnosticError({ summary: `Missing required secret: ${what}`, detail: `${paragraphs.join("\n\n")}\n` });
}
