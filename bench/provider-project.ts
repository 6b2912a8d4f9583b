import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { PROVIDER_VERSION } from "#provider/coder/version.ts";
import { runTerraform } from "./run-terraform.ts";

/** The declaration at the start of our templates. */
export const REQUIRED = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
`;

/** A small template with our provider. */
export const WITH = `${REQUIRED}data "coder_workspace" "me" {}
data "coder_workspace_owner" "me" {}
data "coder_provisioner" "me" {}
resource "coder_agent" "main" {
  os            = "linux"
  arch          = data.coder_provisioner.me.arch
  api_key_scope = "no_user_data"
  env           = { OWNER = data.coder_workspace_owner.me.name }
  metadata {
    key      = "load"
    script   = "uptime"
    interval = 10
  }
}
`;

/** The same number of objects, with the same references: only the provider differs. */
export const WITHOUT = `resource "terraform_data" "workspace" {}
resource "terraform_data" "owner" {}
resource "terraform_data" "provisioner" {}
resource "terraform_data" "main" {
  input = { os = "linux", arch = terraform_data.provisioner.output, env = { OWNER = terraform_data.owner.output } }
}
`;

export type Env = Readonly<Record<string, string>>;

/** Folders with configurations, and what Terraform needs to run there. Disposing removes them. */
export interface Projects extends Disposable {
  readonly root: string;
  /** Creates a folder with this `main.tf`. @returns the folder */
  add(name: string, main: string): string;
  /** Makes Terraform install a provider there from this executable. @returns the environment for further commands */
  install(directory: string, executable: string): Env;
  /** @returns a function that runs `terraform plan` and returns its wall time in milliseconds */
  plan(directory: string, env?: Env): () => Promise<number>;
}

export function openProjects(): Projects {
  const root = mkdtempSync(join(tmpdir(), "bench-"));
  const baseEnv = { PATH: process.env.PATH ?? "", HOME: root, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
  return {
    root,
    add(name, main) {
      const directory = join(root, name);
      mkdirSync(directory);
      writeFileSync(join(directory, "main.tf"), main);
      return directory;
    },
    install(directory, executable) {
      const mirror = `${directory}-mirror`;
      const name = `${platform()}_${arch() === "x64" ? "amd64" : arch()}`;
      const packageDirectory = join(mirror, CODER_PROVIDER_ADDRESS, PROVIDER_VERSION, name);
      mkdirSync(packageDirectory, { recursive: true });
      symlinkSync(executable, join(packageDirectory, `terraform-provider-coder_v${PROVIDER_VERSION}`));
      const cliConfig = `${directory}.tfrc`;
      writeFileSync(cliConfig, `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`);
      const env = { TF_CLI_CONFIG_FILE: cliConfig };
      const init = spawnSync("terraform", ["init", "-no-color"], { cwd: directory, env: { ...baseEnv, ...env }, encoding: "utf8" });
      if (init.status !== 0) throw new Error(`terraform init failed: ${init.stderr}`);
      return env;
    },
    plan:
      (directory, env = {}) =>
      async () => {
        const started = performance.now();
        await runTerraform(["plan", "-input=false", "-no-color"], { cwd: directory, env: { ...baseEnv, ...env } });
        return performance.now() - started;
      },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
