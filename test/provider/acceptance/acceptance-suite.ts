import { beforeAll, describe, expect, test } from "vitest";
import type { TerraformProject, Variables } from "../terraform-project.ts";
import type { AcceptanceCase } from "./acceptance-case.ts";
import { type AcceptanceRun, acceptanceEnv, acceptanceFiles, moduleName, runAcceptance, type States } from "./acceptance-run.ts";

/**
 * Tests of all cases with the provider in one shape.
 *
 * @param open makes a project in which Terraform finds the provider; `env` are the build's variables
 */
export function acceptanceSuite(
  shape: string,
  cases: readonly AcceptanceCase[],
  open: (options: { files: Variables; env: Variables }) => Promise<TerraformProject>,
): void {
  describe(shape, () => {
    let run: AcceptanceRun;
    beforeAll(async () => {
      await using project = await open({ files: acceptanceFiles(cases), env: acceptanceEnv(cases) });
      run = await runAcceptance(project, cases);
    }, 180_000);

    for (const one of cases) {
      test(`${one.name}: the state after the apply and after a refresh`, () => {
        expectState("applied", run.applied, one);
        expectState("refreshed", run.refreshed, one);
      });
      for (const [edit, { name, actions }] of (one.changes ?? []).entries())
        test(`${one.name}: the plan after an edit: ${name}`, () => {
          const wanted = Object.entries(actions).filter(([, steps]) => steps.length > 0);
          expect(run.planned.get(moduleName(one.name, edit)) ?? {}).toEqual(Object.fromEntries(wanted));
        });
    }

    test("nothing is to be done after the apply", () => expect(run.settled).toEqual(new Map()));

    test("edits change nothing of what is not edited", () => {
      const edited = cases.flatMap(({ name, changes = [] }) => changes.map((_change, edit) => moduleName(name, edit)));
      expect(edited).toEqual(expect.arrayContaining([...run.planned.keys()]));
    });

    test("nothing is left after the destroy", () => expect(run.left).toEqual(new Map()));
  });
}

function expectState(when: string, states: States, { name, state }: AcceptanceCase): void {
  for (const [address, attributes] of Object.entries(state)) {
    const found = states.get(name)?.get(address);
    if (found === undefined) throw new Error(`${when}: ${address} of the case ${name} is not in the state`);
    for (const [attribute, value] of Object.entries(attributes))
      expect(found[attribute], `${when}: ${attribute} of ${address} of the case ${name}`).toEqual(value);
  }
}
