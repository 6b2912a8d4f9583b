import { expect, test } from "vitest";
import { judgeBackend, sharedBackendText } from "./state-backend-rules.ts";

type Facts = Parameters<typeof judgeBackend>[0];

const [HERE, THERE] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const reported = (more: Partial<Facts["reported"]> = {}): Facts["reported"] => ({
  type: "http",
  identity: HERE,
  declaredAt: "main.tf line 3",
  resources: 0n,
  lineage: "",
  ...more,
});
const none = reported({ type: "local", identity: Buffer.alloc(0), declaredAt: "" });
const full = reported({ resources: 2n, lineage: "l" });
const earlier = (identity: Buffer, lineage = ""): Facts["earlier"] => ({ identity, type: "s3", declared_at: "main.tf line 7", lineage });

const facts = (more: Partial<Facts>): Facts => ({
  reported: reported(),
  earlier: undefined,
  hasApplied: false,
  isKeptHere: false,
  ...more,
});

for (const { what, given, verdict } of [
  { what: "no backend, and none before", given: { reported: none, hasApplied: true }, verdict: { kind: "none" } },
  { what: "the first backend", given: {}, verdict: { kind: "own", lineage: "" } },
  { what: "what a destroy left there", given: { reported: reported({ lineage: "l" }) }, verdict: { kind: "own", lineage: "l" } },
  { what: "one used before the server kept account", given: { reported: full, hasApplied: true }, verdict: { kind: "own", lineage: "l" } },
  {
    what: "the same again",
    given: { reported: full, earlier: earlier(HERE, "l"), hasApplied: true },
    verdict: { kind: "own", lineage: "l" },
  },
  { what: "the same after a plan that failed", given: { earlier: earlier(HERE) }, verdict: { kind: "own", lineage: "" } },
  { what: "another one before anything was applied", given: { earlier: earlier(THERE) }, verdict: { kind: "own", lineage: "" } },
  { what: "a state of the server, to be moved there", given: { hasApplied: true, isKeptHere: true }, verdict: { kind: "own" } },
  {
    what: "the same one empty, and the state with the server",
    given: { earlier: earlier(HERE, "l"), hasApplied: true, isKeptHere: true },
    verdict: { kind: "own" },
  },
] satisfies { what: string; given: Partial<Facts>; verdict: object }[]) {
  test(`takes ${what}`, () => {
    const judged = judgeBackend(facts(given));
    expect(judged).toMatchObject(verdict);
    expect(judged).not.toHaveProperty("notice");
  });
}

for (const { what, given, says } of [
  {
    what: "resources that nobody here made",
    given: { reported: full },
    says: /^main\.tf line 3: the backend "http" already holds a state with 2 resources that no build of this workspace created: .*Remove the block/,
  },
  {
    what: "one such resource under a cloud block",
    given: { reported: { ...full, type: "cloud", resources: 1n } },
    says: /^main\.tf line 3: the cloud block already holds a state with one resource/,
  },
  {
    what: "another backend whose state is another one",
    given: { reported: full, earlier: earlier(THERE, "k"), hasApplied: true },
    says: /already holds a state with 2 resources that no build/,
  },
  {
    what: "another backend that is empty",
    given: { earlier: earlier(THERE, "l"), hasApplied: true },
    says: /holds no resources, because earlier builds of this workspace kept their state in the backend "s3" \(main\.tf line 7\): .*--orphan/,
  },
  {
    what: "a backend that has lost the state",
    given: { earlier: earlier(HERE, "l"), hasApplied: true },
    says: /holds no state any more, although earlier builds of this workspace had one there: .*--orphan/,
  },
  {
    what: "no backend any more",
    given: { reported: none, earlier: earlier(THERE, "l"), hasApplied: true },
    says: /^Earlier builds of this workspace kept their state in the backend "s3" \(main\.tf line 7\), which .*"proviso state push"/,
  },
] satisfies { what: string; given: Partial<Facts>; says: RegExp }[]) {
  test(`refuses ${what}`, () => {
    const judged = judgeBackend(facts(given));
    expect(judged).toMatchObject({ kind: "refused", why: expect.stringMatching(says) });
  });
}

test("another backend to which the state was moved is taken, with a line in the log", () => {
  const judged = judgeBackend(facts({ reported: full, earlier: earlier(THERE, "l"), hasApplied: true }));
  const notice = 'main.tf line 3: the backend "http" is another one than the backend "s3" (main.tf line 7), which earlier builds had.';
  expect(judged).toMatchObject({ kind: "own", notice: expect.stringContaining(notice) });
});

test("an apply that was killed before it wrote anything is taken, with a line in the log", () => {
  const judged = judgeBackend(facts({ earlier: earlier(HERE), hasApplied: true }));
  const notice = 'main.tf line 3: the backend "http" holds no state, although an earlier build has run terraform apply';
  expect(judged).toMatchObject({ kind: "own", notice: expect.stringContaining(notice) });
});

test("only a workspace that has applied is told how to be deleted without its resources", () => {
  const block = { type: "http", declaredAt: "main.tf line 3" };
  expect(sharedBackendText(block, { hasApplied: false })).toMatch(/^main\.tf line 3: the backend "http" is in use by another workspace\./);
  expect(sharedBackendText(block, { hasApplied: false })).not.toContain("--orphan");
  expect(sharedBackendText(block, { hasApplied: true })).toContain("--orphan");
});
