/** What rules.md and grants.md expect a request to be answered with. */
import { allows, type Beyond, type Grants, type Holder, type Thing, typeOf } from "./grants.ts";

/** A line of rules.md, taken apart here and not by the code that is tested. */
export interface RuleLine {
  readonly permission: string;
  readonly what: string;
  readonly refusal: string;
  readonly condition: string | undefined;
}

const LINE = /^(?<permission>\w+:\w+) on (?<what>.+) or (?<refusal>404|403\/404|403|400|less)(?:, if (?<condition>.+))?$/;

/** @throws Error for a line of another form */
export function parseLine(text: string): RuleLine {
  const { permission, what, refusal, condition } = LINE.exec(text)?.groups ?? {};
  if (permission === undefined || what === undefined || refusal === undefined) throw new Error(`rules.md: ${text}`);
  return { permission, what, refusal, condition };
}

export interface Expected {
  /** Undefined: the route's own, of success. */
  readonly status: 400 | 403 | 404 | undefined;
  /** How `detail` begins, or else `message`. Undefined: it says no more than that there is nothing. */
  readonly text?: string;
  /** The object that a list is about is left out. */
  readonly isLeftOut: boolean;
}

export interface Question {
  readonly lines: readonly RuleLine[];
  readonly beyond: readonly Beyond[];
  readonly holder: Holder;
  /** @throws Error if the case does not say */
  thing(line: RuleLine): Thing;
  /** Whether the line's condition holds. @throws Error if the case does not say */
  isAsked(line: RuleLine): boolean;
  /** Whether one of grants.md's refusals beyond the needs is meant for this credential. */
  isRefused(beyond: Beyond): boolean;
  /** What a path parameter at the end of the path names does not exist, whatever else does. */
  readonly isPathMissing: boolean;
}

export function expectAnswer(grants: Grants, question: Question): Expected {
  const { holder, beyond } = question;
  const refusedAfter = (permission: string | undefined): Expected | undefined => {
    const refusal = beyond.find((one) => one.after === permission && question.isRefused(one));
    return refusal && { status: refusal.status, text: refusal.text, isLeftOut: false };
  };
  let isLeftOut = false;
  let isListOnly = question.lines.length > 0;
  for (const [index, line] of question.lines.entries()) {
    const { permission, refusal } = line;
    const isAsked = question.isAsked(line);
    if (isAsked) {
      const thing = question.thing(line);
      if (refusal !== "less") isListOnly = false;
      const isAllowed = thing.isMissing !== true && allows(grants, holder, permission, thing);
      if (!isAllowed && refusal === "less") isLeftOut = true;
      else if (!isAllowed) return { isLeftOut, ...refused(grants, holder, line, thing) };
    }
    const isLast = index === question.lines.findLastIndex((other) => other.permission === permission);
    const stop = isLast ? refusedAfter(permission) : undefined;
    if (stop !== undefined) return stop;
  }
  const stop = refusedAfter(undefined);
  if (stop !== undefined) return stop;
  return { status: question.isPathMissing && !isListOnly ? 404 : undefined, isLeftOut };
}

function refused(grants: Grants, holder: Holder, { permission, refusal }: RuleLine, thing: Thing): Omit<Expected, "isLeftOut"> {
  const openly = { status: 403, text: `needs \`${permission}\`` } as const;
  if (refusal === "400") return { status: 400 };
  if (thing.isMissing === true || refusal === "404") return { status: 404 };
  if (refusal === "403") return openly;
  const type = typeOf(permission);
  // Everybody knows that oneself exists.
  const isSelf = type === "user" && thing.id === holder.id;
  return isSelf || allows(grants, holder, `${type}:read`, thing) ? openly : { status: 404 };
}
