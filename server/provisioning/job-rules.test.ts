import { expect, test } from "vitest";
import { JobNotCancellableError } from "../errors.ts";
import { checkCancelable, describeJob } from "./job-rules.ts";

const PENDING = { job_status: "pending", error: null, completed_at: null, canceled_at: null } as const;
const AT = new Date(0);

for (const { what, job, expected, message } of [
  {
    what: "that is over",
    job: { ...PENDING, job_status: "succeeded", completed_at: AT },
    message: "the job is over: its status is succeeded",
  },
  { what: "that failed", job: { ...PENDING, job_status: "failed", error: "no disk", completed_at: AT }, message: "it failed: no disk" },
  { what: "that is being canceled", job: { ...PENDING, job_status: "canceling", canceled_at: AT }, message: "already being canceled" },
  { what: "with another status", job: PENDING, expected: "running", message: "the job is pending, not running" },
] as const) {
  test(`a job ${what} cannot be canceled`, () => {
    const check = () => checkCancelable(job, expected);
    expect(check).toThrow(JobNotCancellableError);
    expect(check).toThrow(message);
  });
}

test("a job that is pending, or that has the expected status, can be canceled", () => {
  checkCancelable(PENDING, undefined);
  checkCancelable({ ...PENDING, job_status: "running" }, "running");
});

test("the description of a job names its error, if it has one", () => {
  expect(describeJob({ job_status: "failed", error: "no disk" })).toBe("it failed: no disk");
  expect(describeJob({ job_status: "canceled", error: null })).toBe("its status is canceled");
});
