import { createHash } from "node:crypto";
import { DiagnosticError, type DiagnosticText } from "../sdk/diagnostic.ts";
import { dataSource } from "./configuration.ts";
import { resolveFormType } from "./parameter/form-type.ts";
import { choiceProblem, type Option, optionProblems } from "./parameter/options.ts";
import { PARAMETER_TYPES, type ParameterType, typeProblem } from "./parameter/parameter-type.ts";
import { parameterSchema } from "./parameter/schema.ts";
import { rulesProblem, type ValidationRules, validationProblem } from "./parameter/validation.ts";

/**
 * A question that the template asks, with its answer. The build passes the answer in a variable named after the SHA-256 of the parameter's
 * name; without one, the default is the answer. The first check that fails ends the read.
 */
export const coderParameter = dataSource({
  version: 1,
  schema: parameterSchema,
  async read(input, { configuration, diagnostics }) {
    if (input.ephemeral && !input.mutable) throw new DiagnosticError({ summary: "parameter can't be immutable and ephemeral" });
    if (input.ephemeral && input.default === null)
      throw new DiagnosticError({ summary: "ephemeral parameter requires the default property" });

    const digest = createHash("sha256").update(input.name).digest("hex");
    const answer = configuration.variableEvenEmpty(`CODER_PARAMETER_${digest}`);
    const type = parameterTypeOf(input.type);
    const formType = resolveFormType(input.form_type, type, input.option.length > 0);

    const isMultiSelect = formType === "multi-select";
    const faults = optionProblems(input.option, isMultiSelect ? "string" : type);
    endAt(faults, (fault) => diagnostics.error(fault));

    const value = await checkedValue({
      type,
      given: answer,
      isBuild: configuration.variable("CODER_WORKSPACE_BUILD_ID") !== undefined,
      fallback: input.default,
      previous: configuration.variableEvenEmpty(`CODER_PARAMETER_PREVIOUS_${digest}`),
      options: input.option,
      choose: isMultiSelect ? "several" : "one",
      rules: input.validation[0],
    });
    return {
      id: configuration.newId(),
      form_type: formType,
      optional: input.default !== null,
      validation: input.validation.map(({ min, max }) => ({ min_disabled: min === null, max_disabled: max === null })),
      value,
    };
  },
});

const INVALID_VALUE = "Invalid parameter value according to 'validation' block";
const INVALID_DEFAULT = "Invalid parameter default value according to 'validation' block";

interface Question {
  readonly type: ParameterType;
  /** The answer. An empty answer counts as one. */
  readonly given: string | undefined;
  /** A workspace is being built, so whoever asked for it could answer. */
  readonly isBuild: boolean;
  readonly fallback: string | null;
  readonly previous: string | undefined;
  readonly options: readonly Option[];
  readonly choose: "one" | "several";
  readonly rules: ValidationRules | undefined;
}

/** @throws DiagnosticError for a value that is not allowed, with the path of the default if that is the value */
async function checkedValue({ type, given, isBuild, fallback, previous, options, choose, rules }: Question): Promise<string> {
  const value = given ?? fallback;
  // Without a workspace's build, as in an import, nobody has been asked yet: then only the rules themselves can be wrong.
  if (value === null && (rules === undefined || !isBuild)) {
    const detail = rules === undefined ? undefined : await rulesProblem(type, rules);
    if (detail !== undefined) throw new DiagnosticError({ summary: INVALID_VALUE, detail });
    return "";
  }
  const text = value ?? "";
  const isDefault = given === undefined && fallback !== null;
  const path = isDefault ? ["default"] : [];

  if (options.length > 0) {
    const problem = choiceProblem(text, options, { choose, label: isDefault ? "Default value" : "Value" });
    if (problem !== undefined) throw new DiagnosticError({ ...problem, path });
  }
  if (rules !== undefined) {
    const detail = await validationProblem(type, rules, text, previous);
    if (detail !== undefined)
      throw new DiagnosticError({
        summary: isDefault ? INVALID_DEFAULT : INVALID_VALUE,
        detail,
        path,
      });
  }
  const detail = typeProblem(type, text);
  if (detail !== undefined) throw new DiagnosticError({ summary: `Parameter value is not of type "${type}"`, detail });
  return text;
}

/** @throws DiagnosticError for a type that the schema's check has already refused */
function parameterTypeOf(text: string): ParameterType {
  const type = PARAMETER_TYPES.find((one) => one === text);
  if (type === undefined) throw new DiagnosticError({ summary: `There is no parameter type ${JSON.stringify(text)}`, path: ["type"] });
  return type;
}

/** Reports all but the last, and throws the last: only one error can be thrown, and the code that follows must not run. */
function endAt(problems: readonly DiagnosticText[], report: (problem: DiagnosticText) => void): void {
  const last = problems.at(-1);
  if (last === undefined) return;
  problems.slice(0, -1).forEach(report);
  throw new DiagnosticError(last);
}
