import { expect, test } from "vitest";
import { describeProblem } from "./describe-problem.ts";
import { StateScanner } from "./scan-state.ts";

for (const { text, problem } of [
  { text: '{"version": 4, "serial": 1, "lineage": "a"}', problem: undefined },
  { text: "", problem: "is not whole: it is empty. Push the file that Terraform wrote, unchanged" },
  { text: '{"version": 4,', problem: "is not whole: it was cut off after 14 bytes. Push the file that Terraform wrote, unchanged" },
  { text: "terraform", problem: "is not whole: byte 0 does not fit into it. Push the file that Terraform wrote, unchanged" },
  { text: "{}", problem: "has no format version: it is not a file that Terraform wrote" },
  { text: '{"version": 3}', problem: "has format 3, and only format 4 is accepted, which Terraform writes since 0.12" },
  { text: '{"version": 4, "lineage": "a"}', problem: "has no serial: it is not a file that Terraform wrote" },
  { text: '{"version": 4, "serial": -1, "lineage": "a"}', problem: "has no serial: it is not a file that Terraform wrote" },
  { text: '{"version": 4, "serial": 1}', problem: "has no lineage: it is not a file that Terraform wrote" },
]) {
  test(`${JSON.stringify(text)} ${problem ?? "is a state"}`, () => {
    const scanner = new StateScanner();
    scanner.push(Buffer.from(text));
    expect(describeProblem({ sizeBytes: text.length, scan: scanner.end() })).toBe(problem);
  });
}
