import { ParameterFormType } from "#proto/gen/provisioner_pb.js";
import { knownName } from "../provisioning/log-wire-names.ts";

const FORM_TYPES: ReadonlyMap<ParameterFormType, string> = new Map([
  [ParameterFormType.DEFAULT, ""],
  [ParameterFormType.FORM_ERROR, "error"],
  [ParameterFormType.RADIO, "radio"],
  [ParameterFormType.DROPDOWN, "dropdown"],
  [ParameterFormType.INPUT, "input"],
  [ParameterFormType.TEXTAREA, "textarea"],
  [ParameterFormType.SLIDER, "slider"],
  [ParameterFormType.CHECKBOX, "checkbox"],
  [ParameterFormType.SWITCH, "switch"],
  [ParameterFormType.TAGSELECT, "tag-select"],
  [ParameterFormType.MULTISELECT, "multi-select"],
]);

/** Wire enums are open, and their numbers are not for the database. @throws StatusError INVALID_ARGUMENT for a number that we do not know */
export const formType = (wire: ParameterFormType): string => knownName(FORM_TYPES, wire, "parameter form type");
