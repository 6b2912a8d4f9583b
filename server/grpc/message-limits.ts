import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { StatusError } from "#proto/status.ts";
import { limitsOf } from "./field-limits.ts";

/** Returns what is wrong with a value, beginning with the name of the field; undefined if nothing is. */
type Check = (value: unknown) => string | undefined;

/**
 * Holds a message that came from outside against the limits of its fields.
 *
 * @throws StatusError INVALID_ARGUMENT with the name of the field, and never with its value
 */
export function checkLimits(schema: DescMessage, message: unknown): void {
  const problem = checkOf(schema)(message);
  if (problem !== undefined) throw new StatusError("INVALID_ARGUMENT", problem);
}

const compiled = new Map<DescMessage, Check>();

/** Made once for each type: messages arrive thousands of times a second, and most of their fields are numbers. */
function checkOf(schema: DescMessage): Check {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  let checks: readonly (readonly [string, Check])[] = [];
  const check: Check = (message) => {
    const values = message as Readonly<Record<string, unknown>>;
    for (const [name, one] of checks) {
      const problem = one(values[name]);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  // A type may contain itself.
  compiled.set(schema, check);
  checks = schema.members.flatMap((member): [string, Check][] => {
    if (member.kind === "field") {
      const found = fieldCheck(member);
      return found === undefined ? [] : [[member.localName, found]];
    }
    const cases = new Map(member.fields.map((field) => [field.localName, fieldCheck(field)]));
    return [
      [
        member.localName,
        (chosen) => {
          const { case: name, value } = chosen as { readonly case?: string; readonly value?: unknown };
          return name === undefined ? undefined : cases.get(name)?.(value);
        },
      ],
    ];
  });
  return check;
}

function fieldCheck(field: DescField): Check | undefined {
  const { entries, keyCharacters } = limitsOf(field);
  switch (field.fieldKind) {
    case "scalar":
      return scalarCheck(field, field.scalar);
    case "message": {
      const inside = checkOf(field.message);
      return (value) => (value === undefined ? undefined : below(field.name, inside(value)));
    }
    case "enum":
      return undefined;
    case "list": {
      const item =
        field.listKind === "message" ? checkOf(field.message) : field.listKind === "scalar" ? scalarCheck(field, field.scalar) : undefined;
      return (value) => {
        const list = value as readonly unknown[];
        if (list.length > entries) return tooMany(field.name, list.length, entries);
        if (item === undefined) return undefined;
        for (const one of list) {
          const problem = item(one);
          if (problem !== undefined) return field.listKind === "message" ? below(field.name, problem) : problem;
        }
        return undefined;
      };
    }
    case "map": {
      const item =
        field.mapKind === "message" ? checkOf(field.message) : field.mapKind === "scalar" ? scalarCheck(field, field.scalar) : undefined;
      return (value) => {
        const pairs = Object.entries(value as Readonly<Record<string, unknown>>);
        if (pairs.length > entries) return tooMany(field.name, pairs.length, entries);
        for (const [key, one] of pairs) {
          const problem = textProblem(`${field.name} key`, key, keyCharacters, false) ?? item?.(one);
          if (problem !== undefined) return problem;
        }
        return undefined;
      };
    }
  }
}

function scalarCheck(field: DescField, scalar: ScalarType): Check | undefined {
  const { characters, bytes, mayHaveNul } = limitsOf(field);
  if (scalar === ScalarType.STRING)
    return (value) => (value === undefined ? undefined : textProblem(field.name, String(value), characters, mayHaveNul));
  if (scalar !== ScalarType.BYTES) return undefined;
  return (value) => {
    const { length } = value instanceof Uint8Array ? value : new Uint8Array(0);
    return length > bytes ? `${field.name} has ${length} bytes, but at most ${bytes} are allowed` : undefined;
  };
}

function textProblem(name: string, text: string, characters: number, mayHaveNul: boolean): string | undefined {
  // Code points are counted only where it matters: a text has at most as many as UTF-16 units.
  if (text.length > characters && (text.length > characters * 2 || [...text].length > characters))
    return `${name} has ${text.length} characters, but at most ${characters} are allowed`;
  return !mayHaveNul && text.includes("\0") ? `${name} contains a NUL character` : undefined;
}

function tooMany(name: string, count: number, limit: number): string {
  return `${name} has ${count} entries, but at most ${limit} are allowed`;
}

function below(name: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${name}.${problem}`;
}
