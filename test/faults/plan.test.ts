import { expect, test } from "vitest";
import { type FaultName, groundsWithin, hasFault, type Limits, type Plan, planRun } from "./plan.ts";
import { shortPlans } from "./short-plans.ts";
import { seededPlans } from "./walk.ts";

const NOTHING: ReadonlySet<FaultName> = new Set();
const GROUNDS = groundsWithin({});
const plansOf = (limits: Limits, runs = 2_000, unavailable = NOTHING): Plan[] =>
  groundsWithin(limits).flatMap((ground) => [...seededPlans({ seed: 1, runs, limits, unavailable })(ground)]);
const countOf = <K extends keyof Plan>(plans: readonly Plan[], key: K): Map<Plan[K], number> =>
  plans.reduce((counts, plan) => counts.set(plan[key], (counts.get(plan[key]) ?? 0) + 1), new Map<Plan[K], number>());

test("every seed is run once, on the ground that it means", () => {
  const plans = plansOf({});
  expect(plans.map(({ seed }) => seed).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 2_000 }, (_, index) => index + 1));
  for (const { database, daemon } of GROUNDS)
    expect(plans.filter((plan) => plan.database === database && plan.daemon === daemon)).toHaveLength(500);
});

test("a walk comes across every fault that its grounds have, every step and every template", () => {
  const plans = plansOf({});
  for (const ground of GROUNDS) {
    const seen = new Set(
      plans.filter((plan) => plan.database === ground.database && plan.daemon === ground.daemon).map(({ fault }) => fault),
    );
    for (const fault of countOf(plans, "fault").keys())
      expect(seen.has(fault), `${fault} on ${JSON.stringify(ground)}`).toBe(hasFault(ground, fault));
  }
  expect([...countOf(plans, "step").keys()].toSorted()).toEqual(["cancel", "create", "delete", "import", "start", "stop"]);
  expect([...countOf(plans, "variant").keys()].toSorted()).toEqual(["chain", "deaf", "fork", "many"]);
  const inside = plans.filter(({ moment }) => moment.kind === "inside").length;
  expect(inside / plans.length).toBeGreaterThan(0.5);
});

test("a limit leaves everything else that the seed chose as it was", () => {
  const ground = { database: "sqlite", daemon: "external" } as const;
  for (let seed = 1; seed < 50; seed++) {
    const plan = planRun(seed, ground, {}, NOTHING);
    const { fault, step, variant } = plan;
    expect(planRun(seed, ground, { fault, step, variant, moment: plan.moment.kind }, NOTHING)).toEqual(plan);
    expect(planRun(seed, ground, { fault: "daemon-kill" }, NOTHING)).toEqual({ ...plan, fault: "daemon-kill" });
  }
});

test("a fault that this machine cannot make is not planned, and one that a ground has not is refused", () => {
  const plans = plansOf({}, 2_000, new Set<FaultName>(["clock"]));
  expect(countOf(plans, "fault").has("clock")).toBe(false);
  const own = { database: "sqlite", daemon: "own" } as const;
  expect(() => planRun(1, own, { fault: "daemon-kill" }, NOTHING)).toThrow(/no fault daemon-kill with own daemons/);
  expect(hasFault(own, "database-gone")).toBe(false);
  expect(hasFault({ ...own, database: "postgres" }, "database-gone")).toBe(true);
});

test("the short part kills every kind of program on every ground, in the middle of an apply", () => {
  for (const ground of GROUNDS) {
    const plans = [...shortPlans(1, NOTHING)(ground)];
    const faults = plans.map(({ fault }) => fault);
    for (const fault of ["server-kill", "terraform-kill", "guard-kill"] as const) expect(faults).toContain(fault);
    if (ground.daemon === "external") expect(faults).toEqual(expect.arrayContaining(["daemon-kill", "daemon-stop", "partition"]));
    expect(plans.every(({ moment, step }) => moment.kind === "inside" && step !== "import")).toBe(true);
    expect(plans.length).toBeLessThanOrEqual(12);
  }
});
