/** Bindings as an author of templates uses them: made by either generator, compiled against, run, and their template pushed to a server. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { PROVIDER_VERSION } from "#provider/coder/version.ts";
import { agentAccess, DEMO_EXTERNAL_AUTH } from "#test/e2e/harness/agent-calls.ts";
import { agentTokens, createTemplate, createWorkspace, expectStatus, signUp } from "#test/e2e/harness/api.ts";
import { startServerProcess } from "#test/e2e/harness/server-process.ts";
import { projectInProcess } from "#test/provider/terraform-project.ts";
import { GENERATOR_NAMES, type GeneratorName } from "../../cdktf/binding-generator.ts";
import { bindingSchema, makeBindings } from "../../cdktf/make-bindings.ts";
import { type AppFolder, openAppFolder } from "./app-folder.ts";

/** The code on docs/cdktf.md, made whole. */
async function exampleOfPage(library: GeneratorName): Promise<string> {
  const page = await readFile(join(import.meta.dirname, "../../docs/cdktf.md"), "utf8");
  const code = /^```ts\n(.*?)^```$/ms.exec(page)?.[1] ?? "";
  expect(code).toContain("new agent.Agent(this");
  return `import type { TerraformStack } from "${library}";\n${code.replaceAll("(this,", "(stack,")}declare const stack: TerraformStack;\n`;
}

let apps: Readonly<Record<GeneratorName, AppFolder>>;
const opened = new AsyncDisposableStack();

beforeAll(async () => {
  const open = async (library: GeneratorName) => opened.use(await openAppFolder(library));
  apps = { cdktf: await open("cdktf"), cdktn: await open("cdktn") };
});
afterAll(() => opened.disposeAsync());

test("generators read the schema that Terraform prints", async () => {
  const main = 'terraform {\n  required_providers {\n    coder = {\n      source = "coder/coder"\n    }\n  }\n}\n';
  await using project = await projectInProcess({ files: { "main.tf": main } });
  const { stdout } = await project.terraform("providers", "schema", "-json");
  const { provider_versions, ...schema } = JSON.parse(bindingSchema());
  expect(schema).toEqual(JSON.parse(stdout));
  expect(provider_versions).toEqual({ [CODER_PROVIDER_ADDRESS]: PROVIDER_VERSION });
});

for (const library of GENERATOR_NAMES) {
  test(`bindings for ${library} accept what is shown of them, and refuse unknown attributes, wrong types and missing values`, async () => {
    const { directory, typeErrors } = apps[library];
    const use = (config: string) => `new agent.Agent(stack, "a", ${config});`;
    const lines = [
      `import type { TerraformStack } from "${library}";`,
      'import { agent, dataCoderWorkspace } from "proviso/cdktf";',
      "declare const stack: TerraformStack;",
      use('{ os: "linux", arch: "amd64", apiKeyScopes: "no_user_data" }'),
      use('{ os: "linux", arch: "amd64", apiKeyScope: true }'),
      use('{ os: "linux" }'),
      'const started: number = new dataCoderWorkspace.DataCoderWorkspace(stack, "me").startCount;',
      `export const owner: number = new agent.Agent(stack, "b", { os: "linux", arch: \`\${started}\` }).token;`,
    ];
    await writeFile(join(directory, "wrong.ts"), lines.join("\n"));
    await writeFile(join(directory, "page.ts"), await exampleOfPage(library));
    onTestFinished(() => rm(join(directory, "wrong.ts")));
    onTestFinished(() => rm(join(directory, "page.ts")));
    expect((await typeErrors()).map((line) => line.replace(/\((\d+),\d+\): error (TS\d+): .*/, " $1 $2"))).toEqual([
      "wrong.ts 4 TS2561",
      "wrong.ts 5 TS2322",
      "wrong.ts 6 TS2741",
      "wrong.ts 8 TS2322",
    ]);
  });

  test(`bindings for ${library} synthesize the example to a template that asks for our provider`, async () => {
    const template = JSON.parse(await apps[library].synthesize());
    expect(template.terraform.required_providers).toEqual({
      coder: { source: CODER_PROVIDER_ADDRESS, version: PROVIDER_VERSION },
    });
    expect(template.resource.coder_agent.assistant).toMatchObject({
      api_key_scope: "no_user_data",
      os: "$" + "{data.coder_provisioner.host.os}",
    });
    expect(Object.keys(template.resource).sort()).toEqual(["coder_agent", "coder_app", "coder_script", "terraform_data"]);
  });

  test(`bindings for ${library} load one type alone for a program that requires them`, async () => {
    const loaded = "Object.keys(require.cache).filter((path) => path.includes('/dist/cdktf/'))";
    const text = `require("proviso/cdktf").script.Script.name; JSON.stringify(${loaded})`;
    const paths: string[] = JSON.parse(await apps[library].node("--input-type=commonjs", "-p", text));
    expect(paths.map((path) => path.split("/dist/cdktf/")[1])).toEqual(["lazy-index.js", "script/index.js"]);
  });
}

/** A state holds no agent's token, so the machine gets a copy of it, as a real one does. */
function withTokenCopy(text: string): string {
  return text.replace(/"agent": "\$\{coder_agent\.assistant\.id\}"/, (id) => `${id}, "token": "\${coder_agent.assistant.token}"`);
}

test("the example is pushed and built like any template, and its agent gets no more than it was given", async () => {
  await using server = await startServerProcess({ env: DEMO_EXTERNAL_AUTH });
  const api = await signUp(server.url);
  const template = await createTemplate(api, "cdktf", { "cdk.tf.json": withTokenCopy(await apps.cdktf.synthesize()) });
  const parameters = await expectStatus(200, api.call("GET", `/templateversions/${template.active_version_id}/rich-parameters`));
  expect(parameters).toMatchObject([{ name: "port", type: "number", default_value: "8080", validation_min: 1024, validation_max: 65535 }]);

  const workspace = await createWorkspace(api, "box", template.id);
  const build = await expectStatus(200, api.call("GET", `/workspacebuilds/${workspace.latest_build.id}`));
  const [agent] = build.resources.flatMap((resource: { agents?: unknown[] }) => resource.agents ?? []);
  expect(agent).toMatchObject({
    name: "assistant",
    apps: [{ slug: "preview", url: "http://localhost:8080" }],
    scripts: [{ display_name: "Greet", run_on_start: true }],
  });
  const { machine } = await agentTokens(api, build.id);
  expect(await agentAccess(api, machine)).toEqual({ gitsshkey: 403, externalAuth: 403, gitauth: 403, manifest: "OK" });
});

for (const { what, files } of [
  { what: "another package", files: { "package.json": '{ "name": "app" }' } },
  {
    what: "an app around bindings",
    files: {
      "package.json": '{ "description": "Bindings for the provider coder/coder, made by generate:cdktf. Changes are lost." }',
      "main.ts": "",
    },
  },
]) {
  test(`${what} is not replaced by bindings`, async () => {
    const directory = await mkdtemp(join(tmpdir(), "cdktf-foreign-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    await expect(makeBindings({ generator: "cdktf", directory, signal: new AbortController().signal })).rejects.toThrow(
      `${directory} contains files that generate:cdktf did not create; choose another folder`,
    );
    expect((await readdir(directory)).toSorted()).toEqual(Object.keys(files).toSorted());
  });
}

test("a file is not replaced with a directory", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cdktf-foreign-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, "file");
  await writeFile(file, "");
  await expect(makeBindings({ generator: "cdktf", directory: file, signal: new AbortController().signal })).rejects.toThrow(
    "not a readable directory",
  );
  expect((await stat(file)).isFile()).toBe(true);
});

test("bindings are replaced by bindings", async () => {
  const directory = join(apps.cdktn.directory, "../../node_modules/proviso/dist/cdktf");
  const before = (await readdir(directory)).toSorted();
  await makeBindings({ generator: "cdktn", directory, signal: new AbortController().signal });
  expect((await readdir(directory)).toSorted()).toEqual(before);
});
