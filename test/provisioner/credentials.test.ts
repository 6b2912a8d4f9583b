/** What the daemon keeps to itself of the credentials that a build brings: the states that it sends and keeps, and the log. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import type { AcquiredJob_WorkspaceBuild } from "#proto/gen/provisionerd_pb.js";
import { coderProvider } from "#provider/coder/provider.ts";
import { schemasJson } from "#provider/sdk/schema-json.ts";
import { FILLED_ANEW } from "#tfstate/scrub-state.ts";
import { buildJob, DESTROY, START, STOP, startBench, textOf } from "./harness.ts";

const KEY_LINE = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW";
const SECRETS = {
  session: "abcdefghij-pvt_ThisIsOnlyATokenOfATestThatOpensNothing12345678",
  ssh: `-----BEGIN OPENSSH PRIVATE KEY-----\n${KEY_LINE}\n-----END OPENSSH PRIVATE KEY-----\n`,
  oidc: "oidc-access-token-of-the-owner",
  git: "gho_access_token_of_the_owner",
};

const TEMPLATE = {
  "main.tf": `terraform {
  required_providers {
    coder = { source = "coder/coder" }
  }
}
data "coder_workspace" "me" {}
data "coder_workspace_owner" "me" {}
data "coder_external_auth" "git" {
  id = "git"
}
resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}
resource "terraform_data" "machine" {
  count            = data.coder_workspace.me.start_count
  input            = coder_agent.main.id
  triggers_replace = sha256(coder_agent.main.token)
  provisioner "local-exec" {
    command     = "sleep 1; printf '%s\\n' \\"$KEY\\" \\"$GIT\\" \\"$OIDC\\""
    environment = {
      KEY  = nonsensitive(data.coder_workspace_owner.me.ssh_private_key)
      GIT  = nonsensitive(data.coder_external_auth.git.access_token)
      OIDC = nonsensitive(data.coder_workspace_owner.me.oidc_access_token)
    }
  }
}
output "digest" {
  value     = sha256(data.coder_workspace_owner.me.session_token)
  sensitive = true
}
`,
};

async function job(build: Parameters<typeof buildJob>[1]) {
  const made = await buildJob(TEMPLATE, build);
  const value = made.type?.value as AcquiredJob_WorkspaceBuild;
  value.externalAuthProviders = [{ id: "git", accessToken: SECRETS.git }] as AcquiredJob_WorkspaceBuild["externalAuthProviders"];
  Object.assign(value.metadata ?? {}, {
    workspaceOwnerSessionToken: SECRETS.session,
    workspaceOwnerSshPrivateKey: SECRETS.ssh,
    workspaceOwnerOidcAccessToken: SECRETS.oidc,
  });
  return made;
}

function expectClean(text: string): void {
  for (const secret of [SECRETS.session, KEY_LINE, SECRETS.oidc, SECRETS.git, "pva_"]) expect(text).not.toContain(secret);
}

/** The copy that a daemon keeps of a running job's state. */
async function copyOfState(folder: string): Promise<string> {
  let text = "";
  const look = async () => {
    const files = await readdir(folder, { recursive: true }).catch(() => []);
    const copy = files.find((file) => file.endsWith("last-complete.tfstate"));
    if (copy !== undefined) text = await readFile(path.join(folder, copy), "utf8").catch(() => "");
    return text;
  };
  await expect.poll(look, { timeout: 20_000 }).toContain("coder_agent");
  return text;
}

test("the states that a daemon sends and keeps hold no credential that a plan fills in anew, and the next builds work with them", async () => {
  const { server, directory } = await startBench();
  let state: Uint8Array | undefined;
  for (const [n, transition] of [START, STOP, START, START, DESTROY].entries()) {
    const secret = new Uint8Array(32).fill(n + 1);
    const id = server.enqueue(
      await job({ transition, secret, ...(state !== undefined && { state }), hasApplied: n > 0, logLevel: n === 3 ? "trace" : "" }),
    );
    const record = server.record(id);
    if (n === 0) {
      const kept = await copyOfState(path.join(directory, "work"));
      expect(kept).toContain("coder_agent");
      expectClean(kept);
    }
    const { completed, failed, logs } = await server.finished(id);
    expect(failed?.error).toBeUndefined();
    if (completed?.type.case !== "workspaceBuild") throw new Error("expected a completed build");
    state = completed.type.value.state;
    for (const each of [state, ...record.states]) expectClean(Buffer.from(each).toString("utf8"));
    const { resources, outputs } = JSON.parse(Buffer.from(state).toString("utf8"));
    if (transition === START) {
      expect(outputs.digest.value).toMatch(/^[0-9a-f]{64}$/);
      expect(resources.map(({ type }: { type: string }) => type)).toContain("coder_workspace_owner");
      expect(textOf(logs)).toContain("[redacted]");
    }
    expectClean(textOf(logs).replaceAll(/pva_\.\.\./g, ""));
  }
});

test("every attribute of the provider that is sensitive is one that no state keeps", () => {
  const schemas = schemasJson("coder/coder", coderProvider({ env: {} }).schemas);
  const [provider] = Object.values(schemas.provider_schemas);
  const sensitive: string[] = [];
  for (const [type, { block }] of Object.entries({ ...provider?.resource_schemas, ...provider?.data_source_schemas })) {
    for (const [name, attribute] of Object.entries(block.attributes ?? {})) if (attribute.sensitive) sensitive.push(`${type}.${name}`);
    expect(JSON.stringify(block.block_types ?? {})).not.toContain('"sensitive":true');
  }
  expect(sensitive.length).toBeGreaterThan(4);
  for (const one of sensitive) {
    const [type = "", name = ""] = one.split(".");
    expect(FILLED_ANEW.get(type)?.has(name), one).toBe(true);
  }
});
