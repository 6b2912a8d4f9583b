import type { ValueType } from "./value-type.ts";

/**
 * Who gives an attribute its value: the configuration (`required`, `optional`), the configuration or a fixed default (`defaulted`),
 * the provider (`computed`), or the provider where the configuration is silent (`optionalComputed`).
 */
export type Mode = "required" | "optional" | "defaulted" | "computed" | "optionalComputed";

/** What a validator finds. Default severity: error. */
export interface Problem {
  readonly severity?: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
}

/** Checks one value that is known in all its parts and not null. Pure and cheap: Terraform has it run several times a command. */
export interface Validator<Js = unknown> {
  /** @param name the attribute's dotted name for texts, such as `metadata.0.key` */
  check(value: Js, name: string): readonly Problem[];
  /** What passes, as a sentence for the documentation. Default: the description says it. */
  readonly accepts?: string;
}

export interface AttributeOptions<Js> {
  readonly description?: string;
  /** Hidden from plans and logs by Terraform. */
  readonly sensitive?: boolean;
  /** Says what to use instead; a warning for everyone who sets it. */
  readonly deprecated?: string;
  /** Dotted names from the top of the configuration (`url`, `validation.0.min`) that must not be set together with this one. */
  readonly conflictsWith?: readonly string[];
  readonly validate?: readonly Validator<Js>[];
  /** Whether a change makes a new object. Always so for a resource without an `update` handler. Default: false. */
  readonly replace?: boolean;
  /**
   * The documentation lists it as read-only, although Terraform is told that it can be configured: for the `id` of older providers, whose
   * validator refuses any value. Default: false.
   */
  readonly unconfigurable?: boolean;
  /** For a computed value that an update does not change, so that plans show it as known (strict rules). Default: false. */
  readonly stable?: boolean;
}

export interface Attribute<Js = unknown, M extends Mode = Mode> extends AttributeOptions<Js> {
  readonly mode: M;
  readonly type: ValueType<Js>;
  /** Set exactly when the mode is `defaulted`. */
  readonly default?: Js;
}

export function required<Js>(type: ValueType<Js>, options: AttributeOptions<Js> = {}): Attribute<Js, "required"> {
  return { ...options, type, mode: "required" };
}

export function optional<Js>(type: ValueType<Js>, options: AttributeOptions<Js> = {}): Attribute<Js, "optional"> {
  return { ...options, type, mode: "optional" };
}

export function defaulted<Js>(type: ValueType<Js>, value: NoInfer<Js>, options: AttributeOptions<Js> = {}): Attribute<Js, "defaulted"> {
  return { ...options, type, mode: "defaulted", default: value };
}

export function computed<Js>(type: ValueType<Js>, options: AttributeOptions<Js> = {}): Attribute<Js, "computed"> {
  return { ...options, type, mode: "computed" };
}

export function optionalComputed<Js>(type: ValueType<Js>, options: AttributeOptions<Js> = {}): Attribute<Js, "optionalComputed"> {
  return { ...options, type, mode: "optionalComputed" };
}

/** Whether the provider may have to supply the value. */
export function isComputed(attribute: Attribute): boolean {
  return attribute.mode === "computed" || attribute.mode === "optionalComputed";
}
