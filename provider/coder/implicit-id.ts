import { optionalComputed } from "../sdk/schema/attribute.ts";
import { validator } from "../sdk/schema/validators.ts";
import { string } from "../sdk/schema/value-type.ts";

/** The `id` of a type that declares none itself. Terraform is told, as ever, that it can be configured, but it cannot. */
export const implicitId = optionalComputed(string, {
  description: "Made by the provider.",
  validate: [validator(() => "Invalid or unknown key")],
  unconfigurable: true,
  stable: true,
});
