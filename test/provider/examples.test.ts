import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { coderProvider } from "#provider/coder/provider.ts";
import { projectInProcess, type Variables } from "./terraform-project.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/provider");

const { resources, dataSources } = coderProvider({ env: {} }).schemas;
const EXAMPLES_OF_TYPES = [
  ...Object.keys(resources).map((type) => ({ type, path: `resources/${type}/resource.tf` })),
  ...Object.keys(dataSources).map((type) => ({ type, path: `data-sources/${type}/data-source.tf` })),
];

const HEAD = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
`;

/** A build as the server makes it, for a task, of an owner who has stored what the examples ask for. */
const BUILD = {
  CODER_AGENT_URL: "https://coder.example.com",
  CODER_EXTERNAL_AUTH_ACCESS_TOKEN_tracker: "token of the tracker",
  "CODER_EXTERNAL_AUTH_ACCESS_TOKEN_gitea-main": "token of the forge",
  CODER_SECRET_ENV_NPM_TOKEN: "token of the registry",
  [`CODER_SECRET_FILE_${Buffer.from("~/.config/toolchain/license.key").toString("hex")}`]: "license key",
  CODER_TASK_ID: "7b9d2f6e-0000-4000-8000-000000000007",
  CODER_TASK_PROMPT: "Mend the roof.",
  CODER_WORKSPACE_BUILD_ID: "7b9d2f6e-0000-4000-8000-000000000001",
  CODER_WORKSPACE_ID: "7b9d2f6e-0000-4000-8000-000000000002",
  CODER_WORKSPACE_NAME: "dev",
  CODER_WORKSPACE_OWNER: "ada",
  CODER_WORKSPACE_OWNER_EMAIL: "ada@example.com",
  CODER_WORKSPACE_OWNER_GROUPS: '["Everyone","data-science"]',
  CODER_WORKSPACE_OWNER_ID: "7b9d2f6e-0000-4000-8000-000000000004",
  CODER_WORKSPACE_OWNER_RBAC_ROLES: '[{"name":"member","org_id":""}]',
  CODER_WORKSPACE_TEMPLATE_ID: "7b9d2f6e-0000-4000-8000-000000000003",
  CODER_WORKSPACE_TEMPLATE_NAME: "examples",
  CODER_WORKSPACE_TEMPLATE_VERSION: "v1",
  CODER_WORKSPACE_TRANSITION: "start",
} as const;

/** Nothing that applies may warn, and nothing may be left to change. */
async function expectSettles(files: Variables): Promise<void> {
  // With a secret of the build, an agent's token is the same at every look, as in a real one.
  await using project = await projectInProcess({ files, coderEnv: BUILD, agentTokenSecret: Buffer.alloc(32, 7) });
  expect(await project.terraform("get")).toMatchObject({ exitCode: 0 });
  const apply = await project.terraform("apply", "-auto-approve", "-no-color", "-input=false");
  expect(apply).toMatchObject({ exitCode: 0, stderr: "" });
  expect(apply.stdout).not.toContain("Warning:");
  expect(apply.stdout).toMatch(/Apply complete! Resources: [1-9]/);
  expect(await project.terraform("plan", "-detailed-exitcode", "-no-color", "-input=false")).toMatchObject({ exitCode: 0, stderr: "" });
  expect(project.faults).toEqual([]);
}

test("the provider's example applies, and has nothing to change afterwards", async () => {
  await expectSettles({ "main.tf": await readFile(join(EXAMPLES, "provider/provider.tf"), "utf8") });
});

test("each type's example shows it and applies, and has nothing to change afterwards", async () => {
  // Each a module of its own, so that two commands do for all.
  const files = new Map([["main.tf", HEAD]]);
  for (const { type, path } of EXAMPLES_OF_TYPES) {
    const example = await readFile(join(EXAMPLES, path), "utf8");
    expect(example).toMatch(new RegExp(`^(resource|data) "${type}"`, "m"));
    const folder = dirname(path);
    files.set(`${folder}/${basename(path)}`, example).set(`${folder}/versions.tf`, HEAD);
    files.set(`${folder.replace("/", "-")}.tf`, `module "${folder.replace("/", "-")}" {\n  source = "./${folder}"\n}\n`);
  }
  await expectSettles(Object.fromEntries(files));
});

test("every example is formatted as Terraform does it", async () => {
  await using project = await projectInProcess({ files: {} });
  expect(await project.terraform("fmt", "-check", "-diff", "-recursive", EXAMPLES)).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
});

test("every example stands for a type that there is", async () => {
  for (const { folder, types } of [
    { folder: "resources", types: resources },
    { folder: "data-sources", types: dataSources },
  ])
    expect((await readdir(join(EXAMPLES, folder))).toSorted()).toEqual(Object.keys(types).toSorted());
});
