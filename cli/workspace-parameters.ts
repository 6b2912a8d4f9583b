import type { TemplateVersionParameter } from "#sdk/template-versions.ts";
import type { WorkspaceBuildParameter } from "#sdk/workspace-builds.ts";
import { CliError } from "./failure.ts";
import type { Prompts } from "./prompt.ts";

export interface ParameterAnswers {
  /** From `--parameter`. */
  readonly given: Readonly<Record<string, string>>;
  /** Absent if nobody can answer; parameters then get their defaults. */
  readonly prompts?: Prompts;
}

/**
 * Determines the values of a template's parameters for a new workspace: the given value, otherwise the answer to a question, otherwise
 * the default.
 *
 * @throws CliError for a parameter that the template does not have, and for a required parameter without a value
 */
export async function answerParameters(
  parameters: readonly TemplateVersionParameter[],
  { given, prompts }: ParameterAnswers,
): Promise<WorkspaceBuildParameter[]> {
  for (const name of Object.keys(given)) {
    if (!parameters.some((parameter) => parameter.name === name)) {
      const known = parameters.map((parameter) => parameter.name).join(", ") || "none";
      throw new CliError(`the template has no parameter "${name}": its parameters are ${known}`);
    }
  }
  const answers: WorkspaceBuildParameter[] = [];
  for (const parameter of parameters) {
    const value = given[parameter.name] ?? (prompts && !parameter.ephemeral ? await ask(parameter, prompts) : undefined);
    if (value !== undefined) answers.push({ name: parameter.name, value });
    else if (parameter.required)
      throw new CliError(`parameter "${parameter.name}" requires a value: set it with --parameter ${parameter.name}=...`);
  }
  return answers;
}

async function ask(parameter: TemplateVersionParameter, prompts: Prompts): Promise<string> {
  const question = [parameter.display_name || parameter.name, parameter.description_plaintext].filter((part) => part !== "").join(": ");
  if (parameter.options.length > 0 && parameter.type !== "list(string)") {
    return prompts.select(
      question,
      parameter.options.map(({ name, value }) => ({ label: name, value })),
    );
  }
  return prompts.text(question, {
    initial: parameter.default_value,
    validate: (value) => (value === "" && parameter.required ? "A value is required." : undefined),
  });
}
