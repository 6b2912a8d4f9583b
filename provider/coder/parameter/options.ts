import type { DiagnosticText } from "../../sdk/diagnostic.ts";
import { goQuote } from "../go/quote.ts";
import { parseStringList } from "../go/string-list.ts";
import { type ParameterType, typeProblem } from "./parameter-type.ts";

export interface Option {
  readonly name: string;
  readonly value: string;
}

/**
 * What is wrong with the options themselves. A repeated name or value is reported alone and at once; values of a wrong type are reported
 * together. An option of a wrong type does not count as the first of two.
 *
 * @param type of each option's value
 */
export function optionProblems(options: readonly Option[], type: ParameterType): readonly DiagnosticText[] {
  const [names, values] = [new Set<string>(), new Set<string>()];
  const problems: DiagnosticText[] = [];
  for (const { name, value } of options) {
    if (names.has(name)) return [{ summary: "Option names must be unique.", detail: `Several options are named ${goQuote(name)}.` }];
    if (values.has(value))
      return [{ summary: "Option values must be unique.", detail: `Several options have the value ${goQuote(value)}.` }];
    const detail = typeProblem(type, value);
    if (detail === undefined) {
      names.add(name);
      values.add(value);
    } else problems.push({ summary: `Option ${goQuote(name)} with value=${goQuote(value)} is not of type ${goQuote(type)}`, detail });
  }
  return problems;
}

/**
 * What is wrong with the choice of a value.
 *
 * @param choose `several` for a JSON list of option values, `one` for a single value
 * @param label names the value at the start of a sentence
 */
export function choiceProblem(
  value: string,
  options: readonly Option[],
  { choose, label }: { readonly choose: "one" | "several"; readonly label: string },
): DiagnosticText | undefined {
  const values = new Set(options.map((option) => option.value));
  if (choose === "one") {
    if (values.has(value)) return undefined;
    const hint = value === "" ? ". The value is empty, did you forget to set a default or to ask the user for it?" : "";
    return { summary: `${label} must be a valid option${hint}`, detail: `the value ${goQuote(value)} must be defined as one of options` };
  }
  const chosen = parseStringList(value);
  if (chosen === undefined)
    return {
      summary: "Of several options, value must be a json encoded list of strings",
      detail: `value ${goQuote(value)} is not a valid list of strings`,
    };
  const missing = chosen.filter((item) => !values.has(item));
  if (missing.length === 0) return undefined;
  return {
    summary: `${label}s must be a valid option`,
    detail: `${label} ${goQuote(value)} is not a valid option, values ${goQuote(missing.join(", "))} are missing from the options`,
  };
}
