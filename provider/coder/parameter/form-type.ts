import { DiagnosticError } from "../../sdk/diagnostic.ts";
import { goQuote } from "../go/quote.ts";
import type { ParameterType } from "./parameter-type.ts";

interface FormTypes {
  readonly withOptions: readonly [string, ...string[]];
  readonly withoutOptions: readonly [string, ...string[]];
}

/** The form controls for each type, the default first. */
const FORM_TYPES: Readonly<Record<ParameterType, FormTypes>> = {
  string: { withOptions: ["radio", "dropdown"], withoutOptions: ["input", "textarea"] },
  number: { withOptions: ["radio", "dropdown"], withoutOptions: ["input", "slider"] },
  bool: { withOptions: ["radio", "dropdown"], withoutOptions: ["checkbox", "switch"] },
  "list(string)": { withOptions: ["radio", "multi-select"], withoutOptions: ["tag-select"] },
};

/**
 * The control that a form uses for a parameter.
 *
 * @param given what the template says; null or empty for the type's default
 * @throws DiagnosticError if it does not fit the type, or the presence or absence of options
 */
export function resolveFormType(given: string | null, type: ParameterType, hasOptions: boolean): string {
  const { withOptions, withoutOptions } = FORM_TYPES[type];
  const [allowed, otherwise] = hasOptions ? [withOptions, withoutOptions] : [withoutOptions, withOptions];
  const formType = given || allowed[0];
  if (allowed.includes(formType)) return formType;
  const because = otherwise.includes(formType) ? (hasOptions ? " when options exist" : " when options do not exist") : "";
  throw new DiagnosticError({
    summary: "Invalid form_type for parameter",
    detail: `"form_type" attribute=${goQuote(formType)} is not supported for "type"=${goQuote(type)}${because}, choose one of [${allowed.join(" ")}]`,
    path: ["form_type"],
  });
}
