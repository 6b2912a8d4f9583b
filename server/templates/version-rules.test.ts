import { expect, test } from "vitest";
import { JobNotCompletedError } from "../errors.ts";
import { alreadyTaken, ofAnotherTemplate, requireImported } from "./version-rules.ts";

test("a version is good for a template when its import has succeeded", () => {
  expect(() => requireImported({ name: "v1" }, { job_status: "succeeded", error: null })).not.toThrow();
});

for (const job_status of ["pending", "running", "canceling", "canceled", "failed"] as const)
  test(`and not while or when it is ${job_status}`, () => {
    const refused = () => requireImported({ name: "v1" }, { job_status, error: job_status === "failed" ? "no such module" : null });
    expect(refused).toThrow(JobNotCompletedError);
    expect(refused).toThrow("v1");
    if (job_status === "failed") expect(refused).toThrow("no such module");
  });

test("a version that belongs elsewhere is a wrong field of the request", () => {
  for (const error of [alreadyTaken(), ofAnotherTemplate()]) expect(error.fields).toMatchObject([{ field: "template_version_id" }]);
});
