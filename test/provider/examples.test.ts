import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { coderProvider } from "#provider/coder/provider.ts";
import { projectInProcess } from "./terraform-project.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/provider");

const { resources, dataSources } = coderProvider({ env: {} }).schemas;
const PATHS = [
  "provider/provider.tf",
  ...Object.keys(resources).map((type) => `resources/${type}/resource.tf`),
  ...Object.keys(dataSources).map((type) => `data-sources/${type}/data-source.tf`),
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
  [`CODER_SECRET_FILE_${Buffer.from("~/.config/toolchain/license.key").toString("hex")}`]: "licence key",
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

describe("applies, and has nothing to change afterwards:", () => {
  for (const path of PATHS) {
    test(path, async () => {
      const example = await readFile(join(EXAMPLES, path), "utf8");
      const files = { "main.tf": example, ...(example.includes("required_providers") ? {} : { "versions.tf": HEAD }) };
      // With a secret of the build, an agent's token is the same at every look, as in a real one.
      await using project = await projectInProcess({ files, coderEnv: BUILD, agentTokenSecret: Buffer.alloc(32, 7) });
      const apply = await project.terraform("apply", "-auto-approve", "-no-color", "-input=false");
      expect(apply).toMatchObject({ exitCode: 0, stderr: "" });
      expect(apply.stdout).not.toContain("Warning:");
      expect(await project.terraform("plan", "-detailed-exitcode", "-no-color", "-input=false")).toMatchObject({ exitCode: 0, stderr: "" });
      expect(project.faults).toEqual([]);
    });
  }
});

test("is formatted as Terraform does it", async () => {
  await using project = await projectInProcess({ files: {} });
  expect(await project.terraform("fmt", "-check", "-diff", "-recursive", EXAMPLES)).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
});

test("stands for a type that there is", async () => {
  for (const { folder, types } of [
    { folder: "resources", types: resources },
    { folder: "data-sources", types: dataSources },
  ])
    expect((await readdir(join(EXAMPLES, folder))).toSorted()).toEqual(Object.keys(types).toSorted());
});
