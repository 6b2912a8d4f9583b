// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how HCL and shell scripts look
import { devNull } from "node:os";
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { MetadataSchema, PrebuiltWorkspaceBuildStage, WorkspaceTransition } from "#proto/gen/provisioner_pb.js";
import { bootstrapScripts } from "./bootstrap-scripts.ts";
import { coderVariables } from "./coder-variables.ts";
import { baseEnvironment } from "./environment.ts";

const always = { CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };

for (const { what, given, kept } of [
  {
    what: "keeps credentials, PATH and most of TF_*",
    given: { AWS_KEY: "k", PATH: "/bin", TF_REGISTRY_CLIENT_TIMEOUT: "9" },
    kept: { AWS_KEY: "k", PATH: "/bin", TF_REGISTRY_CLIENT_TIMEOUT: "9" },
  },
  {
    what: "drops what is ours",
    given: { CODER_URL: "u", CODER_: "x", PROVISO_ENCRYPTION_KEY: "s", XCODER_A: "a" },
    kept: { XCODER_A: "a" },
  },
  {
    what: "drops what would lead Terraform elsewhere",
    given: { TF_WORKSPACE: "w", TF_DATA_DIR: "d", TF_CLI_ARGS_plan: "-x", TF_LOG: "trace", TF_VAR_a: "1" },
    kept: { TF_VAR_a: "1" },
  },
  { what: "keeps a CLI configuration that is there", given: { TF_CLI_CONFIG_FILE: "/there" }, kept: { TF_CLI_CONFIG_FILE: "/there" } },
  { what: "silences one that is not", given: { TF_CLI_CONFIG_FILE: "/gone" }, kept: { TF_CLI_CONFIG_FILE: devNull } },
]) {
  test(what, () => expect(baseEnvironment(given, (file) => file === "/there")).toEqual({ ...kept, ...always }));
}

test("names the variables of the provider as it reads them", () => {
  const metadata = create(MetadataSchema, {
    coderUrl: "https://c.example",
    workspaceTransition: WorkspaceTransition.DESTROY,
    workspaceOwnerRbacRoles: [{ name: "owner", orgId: "" }],
    prebuiltWorkspaceBuildStage: PrebuiltWorkspaceBuildStage.CLAIM,
    runningAgentAuthTokens: [{ agentId: "a", token: "t" }],
  });
  const variables = coderVariables({
    metadata,
    parameters: [{ $typeName: "provisioner.RichParameterValue", name: "disk size (GB)", value: "9" }],
    externalAuth: [{ $typeName: "provisioner.ExternalAuthProvider", id: "gitea-main", accessToken: "g" }],
  });
  expect(variables).toMatchObject({
    CODER_AGENT_URL: "https://c.example",
    CODER_WORKSPACE_TRANSITION: "destroy",
    CODER_WORKSPACE_OWNER_GROUPS: "[]",
    CODER_WORKSPACE_OWNER_RBAC_ROLES: '[{"name":"owner","org_id":""}]',
    CODER_WORKSPACE_IS_PREBUILD_CLAIM: "true",
    CODER_RUNNING_WORKSPACE_AGENT_TOKEN_e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855: "t",
    CODER_PARAMETER_9874bb51342fad940af6c430c96fcc6d8c3a2b5e342a89a95beda30fd526ea78: "9",
    "CODER_EXTERNAL_AUTH_ACCESS_TOKEN_gitea-main": "g",
  });
  expect(variables).not.toHaveProperty("CODER_WORKSPACE_IS_PREBUILD");
});

test("has a bootstrap script for each machine, with only the provider's blanks left", async () => {
  const scripts = await bootstrapScripts();
  expect(Object.keys(scripts).map((name) => name.replace("CODER_AGENT_SCRIPT_", ""))).toEqual([
    "linux_amd64",
    "linux_arm64",
    "linux_armv7",
    "darwin_amd64",
    "darwin_arm64",
    "windows_amd64",
    "windows_arm64",
  ]);
  for (const [name, script] of Object.entries(scripts)) {
    const [, os, arch] = /_([a-z]+)_([a-z0-9]+)$/.exec(name) ?? [];
    expect(script).toContain(`\${ACCESS_URL}bin/coder-${os}-${arch}`);
    expect(script).toContain("${AUTH_TYPE}");
    expect(script).not.toContain("${ARCH}");
  }
});
