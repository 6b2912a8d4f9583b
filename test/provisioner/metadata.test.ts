/** Where `coder_metadata` is shown, with a real Terraform: before anything has an ID, and after. */
import { expect, test } from "vitest";
import { LogLevel, type Resource } from "#proto/gen/provisioner_pb.js";
import { buildJob, importJob, START, startBench } from "./harness.ts";

const CODER = 'terraform {\n  required_providers {\n    coder = { source = "coder/coder" }\n  }\n}\n';
const ABOUT = 'item {\n    key   = "net"\n    value = terraform_data.net.output\n  }';
const BASE = `${CODER}
resource "terraform_data" "net" { input = "n" }
resource "terraform_data" "disk" { input = "d" }
resource "terraform_data" "vm" { input = terraform_data.disk.output }
`;

const metadata = (id: string, more = "") => `resource "coder_metadata" "m" {\n  ${more}\n  resource_id = ${id}\n  ${ABOUT}\n}\n`;

async function run(files: Readonly<Record<string, string>>) {
  const { server } = await startBench();
  const imported = await server.finished(server.enqueue(await importJob(files)));
  const built = await server.finished(server.enqueue(await buildJob(files, { transition: START })));
  if (imported.completed?.type.case !== "templateImport") throw new Error(imported.failed?.error);
  if (built.completed?.type.case !== "workspaceBuild") throw new Error(built.failed?.error);
  const warnings = (logs: typeof built.logs) => logs.filter(({ level }) => level === LogLevel.WARN).map(({ output }) => output);
  return {
    planned: placesIn(imported.completed.type.value.startResources),
    built: placesIn(built.completed.type.value.resources),
    warnings: [...warnings(imported.logs), ...warnings(built.logs)],
  };
}

/** The resources that have metadata, with the keys of its items. */
function placesIn(resources: readonly Resource[]): string[] {
  return resources
    .filter(({ metadata: items }) => items.length > 0)
    .map(({ modulePath, name, metadata: items }) => `${modulePath} ${name}: ${items.map(({ key }) => key).join()}`.trim());
}

for (const { what, files, at } of [
  { what: "a resource that is farther away than another", files: { "main.tf": BASE + metadata("terraform_data.vm.id") }, at: ["vm: net"] },
  {
    what: "a resource through a local value",
    files: { "main.tf": `${BASE}locals {\n  id = terraform_data.vm.id\n}\n${metadata("local.id")}` },
    at: ["vm: net"],
  },
  {
    what: "a resource by another attribute than its ID",
    files: { "main.tf": BASE + metadata("terraform_data.vm.output") },
    at: ["vm: net"],
  },
  {
    what: "a resource of a module through its output",
    files: {
      "main.tf": `${BASE}module "a" {\n  source = "./a"\n  net = terraform_data.net.output\n}\n${metadata("module.a.id")}`,
      "a/main.tf": 'variable "net" {}\nresource "terraform_data" "in" { input = var.net }\noutput "id" { value = terraform_data.in.id }\n',
    },
    at: ["module.a in: net"],
  },
  {
    what: "a resource outside of the module through its variable",
    files: {
      "main.tf": `${BASE}module "a" {\n  source = "./a"\n  id  = terraform_data.vm.id\n  net = terraform_data.net.output\n}\n`,
      "a/main.tf": `${CODER}variable "id" {}\nvariable "net" {}\n${metadata("var.id").replace("terraform_data.net.output", "var.net")}`,
    },
    at: ["vm: net"],
  },
  {
    what: "one of several instances",
    files: { "main.tf": `${BASE}resource "terraform_data" "many" {\n  count = 2\n}\n${metadata("terraform_data.many[1].id")}` },
    at: ["many: net"],
  },
  {
    what: "each of several instances",
    files: {
      "main.tf": `${BASE}resource "terraform_data" "many" {\n  for_each = toset(["a", "b"])\n}\n${metadata("each.value.id", "for_each = terraform_data.many")}`,
    },
    at: ["many: net", "many: net"],
  },
]) {
  test(`metadata is shown at ${what}`, async () => {
    expect(await run(files)).toEqual({ planned: at, built: at, warnings: [] });
  });
}

test("metadata that names no resource is shown nowhere, and both logs say so", async () => {
  const { planned, built, warnings } = await run({ "main.tf": BASE + metadata('"nothing"') });
  expect([planned, built]).toEqual([[], []]);
  const warning = 'coder_metadata.m: resource_id "nothing" names no resource of the template, so its items are not shown';
  expect(warnings).toEqual([warning, warning]);
});

test("two that name one resource, but stand near to others, are shown together", async () => {
  const near = metadata("terraform_data.vm.id").replace('"m"', '"n"').replace("terraform_data.net.output", '"x"').replace('"net"', '"own"');
  const { built, warnings } = await run({ "main.tf": BASE + metadata("terraform_data.vm.id") + near });
  // The graph's nearest resource of the first is "net", that of the second "vm".
  expect(built).toEqual(["vm: net,own"]);
  expect(warnings[0]).toContain("coder_metadata.m and coder_metadata.n both describe terraform_data.vm");
});
