import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { watchStates } from "./state-watch.ts";

function openJobs() {
  const root = mkdtempSync(join(tmpdir(), "proviso-jobs-test-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const watch = watchStates([root, join(root, "not there")], 5);
  onTestFinished(() => watch[Symbol.dispose]());
  const write = (job: string, text: string, name = "terraform.tfstate"): void => {
    mkdirSync(join(root, job, "template"), { recursive: true });
    writeFileSync(join(root, job, "template", name), text);
  };
  const serials = () => watch.seen().map(({ state }) => state.serial);
  return { root, watch, write, serials };
}

const text = (serial: number) => JSON.stringify({ serial, lineage: "line", resources: [] });

test("remembers the last whole state of a job, also when its directory has gone", async () => {
  const { root, write, watch, serials } = openJobs();
  write("job-1", text(1));
  expect(serials()).toEqual([1]);
  write("job-1", text(2));
  await expect.poll(serials).toEqual([2]);
  write("job-1", text(3).slice(0, 10));
  expect(serials()).toEqual([2]);
  rmSync(join(root, "job-1"), { recursive: true });
  expect(serials()).toEqual([2]);
  expect(watch.jobDirectories()).toEqual([]);
});

test("sees a write without being asked, and what Terraform could write only elsewhere", async () => {
  const { root, write, serials } = openJobs();
  write("job-1", text(1));
  await new Promise((resolve) => setTimeout(resolve, 50));
  rmSync(join(root, "job-1"), { recursive: true });
  expect(serials()).toEqual([1]);
  write("job-2", text(1));
  write("job-2", text(2), "errored.tfstate");
  expect(serials()).toEqual([1, 2]);
});

test("an older state beside a newer one is not the last", () => {
  const { write, serials } = openJobs();
  write("job-1", text(5));
  expect(serials()).toEqual([5]);
  write("job-1", text(4), "errored.tfstate");
  expect(serials()).toEqual([5]);
});

test("forgets what it has seen, and sees again what is there", () => {
  const { write, watch, serials } = openJobs();
  write("job-1", text(1));
  expect(serials()).toEqual([1]);
  rmSync(join(watch.jobDirectories()[0] ?? "", "template"), { recursive: true });
  watch.forget();
  expect(serials()).toEqual([]);
  write("job-1", text(1));
  expect(serials()).toEqual([1]);
});
