/** What Terraform asks of a provider in the life of one object, with every answer held against Terraform's rules. */
import { type Diagnostic, Diagnostic_Severity } from "#proto/gen/tfplugin6_pb.js";
import {
  finalPlanViolations,
  planViolations,
  replaces,
  replaceViolations,
  resultViolations,
  type Strictness,
  stateViolations,
  type Violation,
} from "#provider/sdk/consistency.ts";
import type { CtyType } from "#provider/sdk/cty/type.ts";
import { NULL, sameValue, type Value } from "#provider/sdk/cty/value.ts";
import { pathText } from "#provider/sdk/fake-host.ts";
import type { ValueAnswer, ValueHost } from "#provider/sdk/value-host.ts";
import type { Configuration } from "./random-configuration.ts";

/** How far an object got. */
export type Reached = "validated" | "planned" | "applied" | "changed";

export interface Life {
  readonly host: ValueHost;
  /** A resource's type. */
  readonly name: string;
  readonly strictness: Strictness;
  /** Told of plans and results that pass, for rules of a caller's own. */
  readonly onPlan?: (values: { readonly prior: Value; readonly config: Value; readonly planned: Value }) => void;
  readonly onResult?: (values: { readonly planned: Value; readonly result: Value }) => void;
}

/** Makes an object, looks at it, changes it and removes it. What the provider refuses ends this early. @throws Error for a broken rule */
export async function liveThrough(life: Life, configuration: Configuration, next: Configuration): Promise<Reached> {
  const { host, name } = life;
  const made = await make(life, configuration);
  if (made.state === undefined) return made.reached;

  const stored = host.storedJson(name, made.state);
  const upgraded = await host.upgrade(name, stored.replace("{", '{"attribute_of_another_version":[{"a":null}],'));
  refuseNothing("upgrade", upgraded);
  if (upgraded.state === undefined || !sameValue(upgraded.state, made.state))
    throw new Error(`the stored state ${stored} was read as another`);

  const read = await host.read(name, upgraded.state, made.privateBytes);
  checkAnswer(life, "read", read, upgraded.state);
  refuseNothing("read", read);
  const state = read.state ?? NULL;
  expectNone("read", stateViolations(host.type(name), state));
  if (state.kind === "null") throw new Error("the object that was just made is gone");

  const again = await host.plan(name, { prior: state, config: configuration.final, privateBytes: read.privateBytes });
  refuseNothing("second plan", again);
  if (again.state === undefined || !sameValue(again.state, state)) {
    const what = planViolations(host.block(name), host.type(name), { prior: state, config: state, planned: again.state ?? NULL }, "strict");
    throw new Error(`the second plan is not empty: ${describe(what)}`);
  }
  if (replaces(again.replaces, state, again.state)) throw new Error("the second plan makes a new object");

  const changed = await change(life, state, next, read.privateBytes);
  if (changed === undefined) return "applied";
  const gone = await host.apply(name, { prior: changed.state, planned: NULL, config: NULL, privateBytes: changed.privateBytes });
  refuseNothing("delete", gone);
  if (gone.state?.kind !== "null") throw new Error("the object that was deleted is still there");
  return "changed";
}

interface Made {
  readonly reached: Reached;
  /** Absent if the provider refused something. */
  readonly state?: Value;
  readonly privateBytes?: Uint8Array;
}

/** Plans while some is unknown, plans when all is known, applies. */
async function make(life: Life, { early, final }: Configuration): Promise<Made> {
  const { host, name } = life;
  if (isRefused(await validate(life, early))) return { reached: "validated" };
  const first = await plan(life, { prior: NULL, config: early });
  if (first === undefined) return { reached: "validated" };
  if (isRefused(await validate(life, final))) return { reached: "planned" };
  const second = await plan(life, { prior: NULL, config: final });
  if (second === undefined) return { reached: "planned" };
  expectNone("final plan", finalPlanViolations(host.block(name), first.planned, second.planned));
  return (await apply(life, { prior: NULL, config: final, ...second })) ?? { reached: "planned" };
}

/** In place, or by a new object in the place of the old one. */
async function change(life: Life, prior: Value, { early, final }: Configuration, privateBytes: Uint8Array) {
  const { host, name } = life;
  if (isRefused(await validate(life, early))) return undefined;
  const first = await plan(life, { prior, config: early, privateBytes });
  if (first === undefined || isRefused(await validate(life, final))) return undefined;
  if (first.replaces) {
    const instead = await plan(life, { prior: NULL, config: early });
    if (instead === undefined) return undefined;
    refuseNothing("delete", await host.apply(name, { prior, planned: NULL, config: NULL, privateBytes: instead.privateBytes }));
    const second = await plan(life, { prior: NULL, config: final });
    if (second === undefined) return undefined;
    expectNone("final plan of a replacement", finalPlanViolations(host.block(name), instead.planned, second.planned));
    return apply(life, { prior: NULL, config: final, ...second });
  }
  if (sameValue(first.planned, prior)) return undefined;
  const second = await plan(life, { prior, config: final, privateBytes });
  if (second === undefined) return undefined;
  if (second.replaces) throw new Error("an update became a replacement when everything was known");
  expectNone("final plan of an update", finalPlanViolations(host.block(name), first.planned, second.planned));
  return apply(life, { prior, config: final, ...second });
}

async function validate({ host, name }: Life, config: Value): Promise<readonly Diagnostic[]> {
  const diagnostics = await host.validate(name, config);
  checkDiagnostics(host.type(name), config, diagnostics, "validate");
  return diagnostics;
}

interface Change {
  readonly prior: Value;
  readonly config: Value;
  readonly privateBytes?: Uint8Array;
}

interface Plan {
  readonly planned: Value;
  readonly privateBytes: Uint8Array;
  readonly replaces: boolean;
}

/** Undefined if the provider refuses. */
async function plan(life: Life, change: Change): Promise<Plan | undefined> {
  const { host, name, strictness } = life;
  const answer = await host.plan(name, change);
  checkAnswer(life, "plan", answer, change.config);
  if (isRefused(answer.diagnostics)) return undefined;
  const planned = answer.state ?? NULL;
  expectNone("plan", planViolations(host.block(name), host.type(name), { ...change, planned }, strictness));
  expectNone("replacement", replaceViolations(answer.replaces, change.prior, planned));
  life.onPlan?.({ ...change, planned });
  return { planned, privateBytes: answer.privateBytes, replaces: replaces(answer.replaces, change.prior, planned) };
}

/** Undefined if the provider refuses; what it left behind is looked at all the same. */
async function apply(life: Life, change: Change & Plan): Promise<Required<Made> | undefined> {
  const { host, name, strictness } = life;
  const answer = await host.apply(name, change);
  checkAnswer(life, "apply", answer, change.config);
  const state = answer.state ?? NULL;
  if (isRefused(answer.diagnostics)) {
    expectNone("apply with errors", stateViolations(host.type(name), state));
    return undefined;
  }
  expectNone("apply", resultViolations(host.block(name), host.type(name), change.planned, state, strictness));
  life.onResult?.({ planned: change.planned, result: state });
  return { reached: "applied", state, privateBytes: answer.privateBytes };
}

function checkAnswer({ host, name }: Life, phase: string, { diagnostics }: ValueAnswer, config: Value): void {
  checkDiagnostics(host.type(name), config, diagnostics, phase);
}

/** A summary without a stack trace, and a path that Terraform can follow. */
export function checkDiagnostics(type: CtyType, config: Value, diagnostics: readonly Diagnostic[], phase: string): void {
  for (const { summary, detail, attribute } of diagnostics) {
    const text = `${summary}\n${detail}`;
    const path = pathText(attribute?.steps ?? []);
    const wrong =
      summary.trim() === ""
        ? "no summary"
        : /\n\s+at .*:\d+|fault of the provider|TypeError|undefined is not/.test(text)
          ? "a fault"
          : !text.isWellFormed()
            ? "half a character"
            : !leadsSomewhere(type, config, attribute?.steps ?? [])
              ? "a path that leads nowhere"
              : undefined;
    if (wrong !== undefined) throw new Error(`in ${phase}, ${wrong}: ${JSON.stringify({ summary, detail, path })}`);
  }
}

/** By the type, which has no names for a set's elements; and to an element that is there. */
function leadsSomewhere(type: CtyType, config: Value, steps: NonNullable<Diagnostic["attribute"]>["steps"]): boolean {
  let [of, at]: [CtyType | undefined, Value | undefined] = [type, config];
  for (const { selector } of steps) {
    if (of?.kind === "object" && selector.case === "attributeName") {
      of = of.attributes.get(selector.value);
      at = at?.kind === "object" ? at.entries.get(selector.value) : undefined;
    } else if (of?.kind === "list" && selector.case === "elementKeyInt") {
      if (at?.kind === "list" && selector.value >= at.items.length) return false;
      at = at?.kind === "list" ? at.items[Number(selector.value)] : undefined;
      of = of.element;
    } else if (of?.kind === "map" && selector.case === "elementKeyString") of = of.element;
    else return false;
  }
  return of !== undefined;
}

function isRefused(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === Diagnostic_Severity.ERROR);
}

function refuseNothing(phase: string, { diagnostics }: ValueAnswer): void {
  if (isRefused(diagnostics)) throw new Error(`${phase} was refused: ${diagnostics.map(({ summary }) => summary).join()}`);
}

function expectNone(phase: string, violations: readonly Violation[]): void {
  if (violations.length > 0) throw new Error(`${phase}: ${describe(violations)}`);
}

function describe(violations: readonly Violation[]): string {
  return violations.map(({ rule, at, problem }) => `${rule} at ${at || "the top"}: ${problem}`).join("; ");
}
