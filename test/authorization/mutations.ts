/** What could be wrong with a route, in the words of its rule: every change of one line, and of what it is about. */
import type { RuleLine } from "./expect-answer.ts";
import { type Thing, typeOf } from "./grants.ts";

export interface Mutation {
  /** For messages. */
  readonly name: string;
  readonly lines: readonly RuleLine[];
  /** What a line would ask about instead. */
  readonly thing: (line: RuleLine, thing: Thing) => Thing;
}

const REFUSALS = ["404", "403", "403/404", "400", "less"];

/** What is read from a row, and could be forgotten. */
const FORGOTTEN: Readonly<Record<string, Partial<Thing>>> = {
  "its id": { id: undefined },
  "its owner": { owner: undefined },
  "its organization": { organization: undefined },
  "its shares": { isShared: false },
};

/**
 * A line is left out, or asked whatever its condition; refused in each other way; asked for each other permission of its type; asked after the
 * one behind it; asked about something that lacks a field.
 *
 * @param permissions all that there are
 */
export function mutationsOf(lines: readonly RuleLine[], permissions: readonly string[]): readonly Mutation[] {
  const sameThing = (_: RuleLine, thing: Thing): Thing => thing;
  return lines.flatMap((line, index): Mutation[] => {
    const name = `${line.permission} on ${line.what}`;
    const by = (how: string, ...others: readonly RuleLine[]): Mutation => ({
      name: `${name} ${how}`,
      lines: lines.toSpliced(index, 1, ...others),
      thing: sameThing,
    });
    const refusals = REFUSALS.filter((refusal) => refusal !== line.refusal);
    const others = permissions.filter((one) => one !== line.permission && typeOf(one) === typeOf(line.permission));
    const next = lines[index + 1];
    return [
      by("is not asked"),
      ...(line.condition === undefined ? [] : [by("is asked in any case", { ...line, condition: undefined })]),
      ...refusals.map((refusal) => by(`is refused as ${refusal}`, { ...line, refusal })),
      ...others.map((permission) => by(`is asked as ${permission}`, { ...line, permission })),
      ...(next === undefined
        ? []
        : [{ name: `${name} is asked after the next`, lines: lines.toSpliced(index, 2, next, line), thing: sameThing }]),
      ...Object.entries(FORGOTTEN).map(([what, without]) => ({
        name: `${name} is asked without ${what}`,
        lines,
        thing: (one: RuleLine, thing: Thing) => (one === line ? { ...thing, ...without } : thing),
      })),
    ];
  });
}
