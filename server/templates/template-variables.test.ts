// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL would take these for templates
/** What becomes of the values of a template's variables, from a push to the next one and to builds. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TemplateVariableSchema } from "#proto/gen/provisioner_pb.js";
import type { CreateTemplateVersionRequest, TemplateVersion } from "#sdk/template-versions.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { pushVersion } from "#test/server/scenario.ts";
import { openServerWorld, type ServerWorld, tarOf } from "#test/server/server-world.ts";

let world: ServerWorld;
let daemon: PlayedDaemon;
beforeAll(async () => {
  world = await openServerWorld();
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

type Variable = MessageInitShape<typeof TemplateVariableSchema>;
type Request = Partial<Pick<CreateTemplateVersionRequest, "template_id" | "user_variable_values" | "user_variable_defaults">>;

/** Pushes a version whose template has these variables. @returns the version, and what the daemon gets to plan with */
async function push(variables: readonly Variable[], request: Request = {}) {
  const version = await pushVersion(world, request);
  const job = await daemon.acquire();
  if (job.type.case !== "templateImport") throw new Error(`expected an import, got ${job.type.case}`);
  const { userVariableValues } = job.type.value;
  const answer = await daemon
    .update({ jobId: job.jobId, templateVariables: [...variables], userVariableValues })
    .catch((error: unknown) => {
      // A daemon ends a job that the server says cannot continue.
      return daemon
        .fail({ jobId: job.jobId, error: String(error), type: { case: "templateImport", value: {} } })
        .then(() => Promise.reject(error));
    });
  await daemon.complete({ jobId: job.jobId, type: { case: "templateImport", value: {} } });
  return { version, planned: answer.variableValues.map(({ name, value, json }) => [name, value, json]) };
}

async function makeTemplate(name: string, { id }: TemplateVersion): Promise<string> {
  return (await world.client.createTemplate("default", { name, template_version_id: id })).id;
}

async function shown({ id }: TemplateVersion) {
  const variables = await world.client.listTemplateVersionVariables(id);
  return variables.map((one) => [one.name, one.value, one.default_value, one.is_set]);
}

async function notes({ id }: TemplateVersion): Promise<string[]> {
  const { json } = await world.call("GET", `/api/v2/templateversions/${id}/logs`);
  return json
    .filter(({ stage }: { stage: string }) => stage === "Template variables")
    .map((line: { log_level: string; output: string }) => `${line.log_level}: ${line.output}`);
}

const image = (defaultValue: string) => ({ name: "image", type: "string", defaultValue });

test("only what somebody set reaches Terraform, and the next push keeps it", async () => {
  const variables = [
    image("one"),
    { name: "size", type: "number", required: true },
    { name: "zones", type: "list(string)", defaultValue: "[]" },
  ];
  const values = [
    { name: "size", value: "12345678901234567890" },
    { name: "zones", value: '["${a}", 1.10, null]', format: "json" as const },
  ];
  const wanted = [
    ["size", "12345678901234567890", false],
    ["zones", '["${a}", 1.10, null]', true],
  ];
  const first = await push(variables, { user_variable_values: values });
  expect(first.planned).toEqual(wanted);
  expect(await shown(first.version)).toEqual([
    ["image", "one", "one", false],
    ["size", "12345678901234567890", "", true],
    ["zones", '["${a}",1.10,null]', "[]", true],
  ]);
  const templateId = await makeTemplate("kept", first.version);
  const second = await push(variables, { template_id: templateId });
  expect(second.planned).toEqual(wanted);

  await world.client.createWorkspace("me", { name: "kept", template_id: templateId });
  const built = await daemon.acquire();
  if (built.type.case !== "workspaceBuild") throw new Error("expected a build");
  expect(built.type.value.variableValues.map(({ name, value, json }) => [name, value, json])).toEqual(wanted);
  await daemon.complete({ jobId: built.jobId, type: { case: "workspaceBuild", value: {} } });
});

test("a new default counts unless a value is set, and the import's log says what it means", async () => {
  const first = await push([image("one"), { ...image("a"), name: "zone" }], { user_variable_values: [{ name: "zone", value: "z" }] });
  const templateId = await makeTemplate("defaults", first.version);
  const changed = [image("two"), { ...image("b"), name: "zone" }];
  const second = await push(changed, { template_id: templateId });
  expect(await shown(second.version)).toEqual([
    ["image", "two", "two", false],
    ["zone", "z", "b", true],
  ]);
  expect(await notes(second.version)).toEqual([
    'info: The default of variable "image" has changed, from "one" to "two". Builds of this version use the new one.',
    'warn: The default of variable "zone" has changed, from "a" to "b", but builds keep the value that was set at a push. To use the default: --use-default zone',
  ]);
  const third = await push(changed, { template_id: templateId, user_variable_defaults: ["zone"] });
  expect(third.planned).toEqual([]);
  expect((await shown(third.version))[1]).toEqual(["zone", "b", "b", false]);
  // A value that equals the default is set all the same: it stays when the default changes.
  const same = await push(changed, { template_id: templateId, user_variable_values: [{ name: "image", value: "two" }] });
  await world.client.setActiveTemplateVersion(templateId, { id: same.version.id });
  const later = await push([image("three"), { ...image("b"), name: "zone" }], { template_id: templateId });
  expect((await shown(later.version))[0]).toEqual(["image", "two", "three", true]);
});

test("a secret default is in no log", async () => {
  const secret = (defaultValue: string) => ({ ...image(defaultValue), name: "secret", sensitive: true });
  const first = await push([secret("hush-one")]);
  const second = await push([secret("hush-two")], { template_id: await makeTemplate("secret", first.version) });
  expect(await notes(second.version)).toEqual([
    'info: The default of variable "secret" has changed. Builds of this version use the new one.',
  ]);
  expect(await shown(second.version)).toEqual([["secret", "", "", false]]);
});

test("what the daemon says of values counts for nothing", async () => {
  const version = await pushVersion(world, { user_variable_values: [{ name: "image", value: "given" }] });
  const { jobId } = await daemon.acquire();
  const lies = [{ name: "image", value: "another" }];
  const answer = await daemon.update({ jobId, templateVariables: [image("one")], userVariableValues: lies });
  expect(answer.variableValues).toMatchObject([{ name: "image", value: "given" }]);
  await daemon.complete({ jobId, type: { case: "templateImport", value: {} } });
  expect(await shown(version)).toEqual([["image", "given", "one", true]]);
});

for (const { what, variables, request, says } of [
  {
    what: "a required variable without a value",
    variables: [image(""), { name: "size", required: true }, { name: "zone", required: true }],
    request: { user_variable_values: [{ name: "zone", value: "" }] },
    says: "required template variables need values: size",
  },
  {
    what: "a required variable without a value, whose default is asked for",
    variables: [{ name: "size", required: true }],
    request: { user_variable_defaults: ["size"] },
    says: "required template variables need values: size",
  },
  {
    what: "a name that is nearly another",
    variables: [image("one"), { name: "region" }],
    request: { user_variable_values: [{ name: "regoin", value: "x" }] },
    says: 'the template has no variable "regoin": did you mean "region"?',
  },
  {
    what: "a name that is nothing like the others",
    variables: [image("one"), { name: "region" }],
    request: { user_variable_defaults: ["x"] },
    says: 'the template has no variable "x": it has image, region',
  },
  {
    what: "a name of a template without variables",
    variables: [],
    request: { user_variable_values: [{ name: "x", value: "" }] },
    says: 'the template has no variable "x": it has none',
  },
]) {
  test(`an import fails for ${what}`, async () => {
    await expect(push(variables, request)).rejects.toThrow(says);
  });
}

test("a build whose version lacks a required value fails with its name, before a daemon has it", async () => {
  const version = await pushVersion(world);
  const { jobId } = await daemon.acquire();
  const variables = [{ name: "size", required: true }];
  await expect(daemon.update({ jobId, templateVariables: variables })).rejects.toThrow("required template variables need values: size");
  // No daemon of ours goes on after that.
  await daemon.complete({ jobId, type: { case: "templateImport", value: {} } });
  const templateId = await makeTemplate("lacking", version);
  const { id } = await world.client.createWorkspace("me", { name: "lacking", template_id: templateId });
  const says = "required template variables need values: size";
  await expect(daemon.acquire()).rejects.toThrow(says);
  const { latest_build: build } = await world.client.getWorkspace(id);
  expect(build.job).toMatchObject({ status: "failed", error: expect.stringContaining(says) });
});

test("a value for a variable that a newer version does not have any more is forgotten", async () => {
  const first = await push([image("one"), { name: "old" }], { user_variable_values: [{ name: "old", value: "x" }] });
  const second = await push([image("one")], { template_id: await makeTemplate("forgotten", first.version) });
  expect(second.planned).toEqual([]);
});

for (const { what, values } of [
  {
    what: "two values for one variable",
    values: {
      user_variable_values: [
        { name: "a", value: "1" },
        { name: "a", value: "1" },
      ],
    },
  },
  {
    what: "a value and a default for one variable",
    values: { user_variable_values: [{ name: "a", value: "1" }], user_variable_defaults: ["a"] },
  },
  { what: "JSON that is none", values: { user_variable_values: [{ name: "a", value: "1]", format: "json" }] } },
  { what: "an unknown format", values: { user_variable_values: [{ name: "a", value: "1", format: "hcl" }] } },
]) {
  test(`a push with ${what} is refused with 400`, async () => {
    const file = await world.client.uploadFile(await tarOf({ "main.tf": "" }));
    const request = { storage_method: "file", provisioner: "terraform", file_id: file.hash, ...values };
    const answer = await world.call("POST", "/api/v2/organizations/default/templateversions", request);
    expect(answer).toMatchObject({ status: 400, json: { validations: [{ field: expect.stringContaining("user_variable_values") }] } });
  });
}
