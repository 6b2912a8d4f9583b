import { expect, test } from "vitest";
import { newLines } from "./new-lines.ts";

const NOTHING = { logs_run: null, logs_taken: 0 };
const seen = (run: string, taken: number) => ({ logs_run: run, logs_taken: taken });

for (const { what, numbers, source, lines, taken } of [
  {
    what: "lines without numbers are new, and change nothing",
    numbers: undefined,
    source: seen("r", 9),
    lines: "abc",
    taken: seen("r", 9),
  },
  { what: "the first lines of a run are new", numbers: { run: "r", first: 1 }, source: NOTHING, lines: "abc", taken: seen("r", 3) },
  { what: "the next lines are new", numbers: { run: "r", first: 4 }, source: seen("r", 3), lines: "abc", taken: seen("r", 6) },
  { what: "repeated lines are left out", numbers: { run: "r", first: 4 }, source: seen("r", 6), lines: "", taken: seen("r", 6) },
  {
    what: "of lines that begin with repeated ones, the rest is new",
    numbers: { run: "r", first: 4 },
    source: seen("r", 5),
    lines: "c",
    taken: seen("r", 6),
  },
  { what: "an older repetition takes nothing back", numbers: { run: "r", first: 1 }, source: seen("r", 6), lines: "", taken: seen("r", 6) },
  { what: "a gap is accepted", numbers: { run: "r", first: 8 }, source: seen("r", 3), lines: "abc", taken: seen("r", 10) },
  { what: "another run counts anew", numbers: { run: "s", first: 1 }, source: seen("r", 6), lines: "abc", taken: seen("s", 3) },
  { what: "another run may begin anywhere", numbers: { run: "s", first: 5 }, source: seen("r", 6), lines: "abc", taken: seen("s", 7) },
])
  test(what, () => expect(newLines(["a", "b", "c"], numbers, source)).toEqual({ lines: [...lines], taken }));
