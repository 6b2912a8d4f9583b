/** Checks of single values. The messages are those that Terraform users know from other providers. */
import type { Validator } from "./attribute.ts";

/**
 * Creates a custom check.
 *
 * @param test returns what is wrong with the value, or undefined
 * @param accepts what is accepted, as a sentence for the documentation
 */
export function validator<Js>(test: (value: Js, name: string) => string | undefined, accepts?: string): Validator<Js> {
  return {
    check: (value, name) => {
      const summary = test(value, name);
      return summary === undefined ? [] : [{ summary }];
    },
    ...(accepts === undefined ? {} : { accepts }),
  };
}

export function oneOf(...allowed: readonly [string, ...string[]]): Validator<string> {
  const choices = allowed.map((choice) => JSON.stringify(choice)).join(" ");
  return validator(
    (value, name) => (allowed.includes(value) ? undefined : `expected ${name} to be one of [${choices}], got ${value}`),
    `One of ${allowed.map((choice) => `\`${choice}\``).join(", ")}.`,
  );
}

/** Accepts numbers in a range, including both ends. */
export function between(min: number, max: number): Validator<number> {
  return validator(
    (value, name) => (value >= min && value <= max ? undefined : `expected ${name} to be in the range (${min} - ${max}), got ${value}`),
    `From ${min} to ${max}.`,
  );
}

export function atLeast(min: number): Validator<number> {
  return validator(
    (value, name) => (value >= min ? undefined : `expected ${name} to be at least (${min}), got ${value}`),
    `At least ${min}.`,
  );
}

/** Checks the length in bytes of UTF-8, as Go counts. */
export function lengthBetween(min: number, max: number): Validator<string> {
  return validator(
    (value, name) => {
      const length = Buffer.byteLength(value);
      return length >= min && length <= max ? undefined : `expected length of ${name} to be in the range (${min} - ${max}), got ${value}`;
    },
    min === 0 ? `At most ${max} bytes.` : `From ${min} to ${max} bytes.`,
  );
}

export const notEmpty: Validator<string> = validator(
  (value, name) => (value === "" ? `expected "${name}" to not be an empty string, got ${value}` : undefined),
  "Not empty.",
);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Accepts UUIDs with four hyphens and letters of either case. */
export const uuid: Validator<string> = validator(
  (value, name) => (UUID.test(value) ? undefined : `expected "${name}" to be a valid UUID, got ${value}`),
  "A UUID.",
);
