import { expect, test } from "vitest";
import { LogLevel } from "#proto/gen/provisioner_pb.js";
import { buildJob, DESTROY, importJob, START, STOP, startBench, textOf } from "./harness.ts";

const plain = { "main.tf": 'resource "terraform_data" "box" {\n  input = "x"\n}\n' };

test("imports a template without any registry provider and without a network", async () => {
  const { server } = await startBench();
  const { completed, failed, logs } = await server.finished(server.enqueue(await importJob({ ...plain, "README.md": "# hello" })));
  expect(failed?.error).toBeUndefined();
  expect(completed?.type).toMatchObject({
    case: "templateImport",
    value: { startResources: [{ name: "box", type: "terraform_data" }], stopResources: [{ name: "box" }] },
  });
  const stages = [...new Set(logs.map(({ stage }) => stage))];
  expect(stages).toEqual([
    "Setting up",
    "Initializing Terraform Directory",
    "Parsing template parameters",
    "Detecting persistent resources",
    "Detecting ephemeral resources",
    "Cleaning Up",
  ]);
});

test("starts, stops and deletes a workspace, and initializes its template once", async () => {
  const { server } = await startBench();
  let state: Uint8Array = new Uint8Array();
  for (const [index, transition] of [START, STOP, START, DESTROY].entries()) {
    const { completed, failed } = await server.finished(server.enqueue(await buildJob(plain, { transition, state })));
    expect(failed?.error).toBeUndefined();
    if (completed?.type.case !== "workspaceBuild") throw new Error("expected a build");
    state = completed.type.value.state;
    expect(JSON.parse(Buffer.from(state).toString()).resources).toHaveLength(transition === DESTROY ? 0 : 1);
    expect(completed.type.value.resources).toHaveLength(transition === DESTROY ? 0 : 1);
    const stages = new Set(completed.type.value.timings.map(({ stage }) => stage));
    expect(stages).toEqual(new Set(index === 0 ? ["init", "plan", "graph", "apply"] : ["plan", "apply"]));
  }
});

test("deleting without a state succeeds without Terraform", async () => {
  const { server } = await startBench({ terraform: "/nowhere/terraform" });
  const { completed } = await server.finished(server.enqueue(await buildJob({ "main.tf": "not hcl" }, { transition: DESTROY })));
  expect(completed?.type).toMatchObject({ case: "workspaceBuild", value: { resources: [] } });
});

test("without Terraform a job fails with one sentence that tells what to install, and the daemon goes on", async () => {
  const { server, log } = await startBench({ terraform: "/nowhere/terraform" });
  for (let n = 0; n < 2; n++) {
    const { failed } = await server.finished(server.enqueue(await importJob(plain)));
    expect(failed?.error).toMatch(/^Terraform was not found at \/nowhere\/terraform: install Terraform 1\.1\.0 or newer \(.*\)\.$/);
  }
  expect(log.some(({ msg }) => String(msg).includes("install Terraform"))).toBe(true);
});

test("tells file, line and cause of a syntax error in the job's error and in its log", async () => {
  const { server } = await startBench();
  const { failed, logs } = await server.finished(
    server.enqueue(await importJob({ "main.tf": 'resource "terraform_data" "a" {\n  input = \n}\n' })),
  );
  expect(failed?.error).toContain("Error: Invalid expression");
  expect(failed?.error).toContain('on main.tf line 2, in resource "terraform_data" "a":');
  expect(failed?.error).toContain("Expected the start of an expression");
  expect(textOf(logs)).toContain('on main.tf line 2, in resource "terraform_data" "a":');
  expect(logs.filter(({ level }) => level === LogLevel.ERROR).length).toBeGreaterThan(0);
});
