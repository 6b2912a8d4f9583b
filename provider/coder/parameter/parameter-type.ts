import { isGoBool } from "../go/parse-bool.ts";
import { isGoFloat } from "../go/parse-float.ts";
import { goQuote } from "../go/quote.ts";
import { parseStringList } from "../go/string-list.ts";

export const PARAMETER_TYPES = ["string", "number", "bool", "list(string)"] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** Why a text is not a value of the type; undefined if it is one. */
export function typeProblem(type: ParameterType, value: string): string | undefined {
  switch (type) {
    case "string":
      return undefined;
    case "number":
      return isGoFloat(value) ? undefined : `${goQuote(value)} is not a number`;
    case "bool":
      return isGoBool(value) ? undefined : `${goQuote(value)} is not a bool`;
    case "list(string)":
      return parseStringList(value) === undefined ? `value ${goQuote(value)} is not a valid list of strings` : undefined;
    default:
      throw new Error(`unknown parameter type ${type satisfies never}`);
  }
}
