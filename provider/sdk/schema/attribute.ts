import type { ValueType } from "./value-type.ts";

/**
 * Where an attribute's value comes from: the configuration (`required`, `optional`), the configuration or a fixed default (`defaulted`),
 * the provider (`computed`), or the provider if the configuration sets none (`optionalComputed`).
 */
export type Mode = "required" | "optional" | "defaulted" | "computed" | "optionalComputed";

/** A problem that a validator found. Default severity: error. */
export interface Problem {
  readonly severity?: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
}

/** Checks one value that is fully known and not null. It must be pure and fast: Terraform runs it several times per command. */
export interface Validator<Js = unknown> {
  /** @param name the attribute's dotted name for messages, such as `metadata.0.key` */
  check(value: Js, name: string): readonly Problem[];
  /** What is accepted, as a sentence for the documentation. Default: the description says it. */
  readonly accepts?: string;
}

export interface AttributeOptions<Js> {
  readonly description?: string;
  /** Hidden from plans and logs by Terraform. */
  readonly sensitive?: boolean;
  /** Says what to use instead; everyone who sets the attribute gets it as a warning. */
  readonly deprecated?: string;
  /** Dotted names from the top of the configuration (`url`, `validation.0.min`) that must not be set together with this one. */
  readonly conflictsWith?: readonly string[];
  readonly validate?: readonly Validator<Js>[];
  /** Whether a change creates a new object. Always true for a resource without an `update` handler. Default: false. */
  readonly replace?: boolean;
  /**
   * Lists the attribute as read-only in the documentation, although Terraform is told that it can be configured: for the `id` of older
   * providers, whose validator refuses any value. Default: false.
   */
  readonly unconfigurable?: boolean;
  /** Marks a computed value that an update does not change, so that plans show it as known (strict rules). Default: false. */
  readonly stable?: boolean;
}

export interface Attribute<Js = unknown, M extends Mode = Mode> extends AttributeOptions<Js> {
  readonly mode: M;
  readonly type: ValueType<Js>;
  /** Set if and only if the mode is `defaulted`. */
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
