/**
 * What our provider costs: the wall time of `terraform plan` with no provider, with ours in process, and with ours as a plugin.
 * The three take turns, so that whatever else the machine does hits all of them. Run: `node bench/provider.ts [rounds]`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { coderProvider } from "#provider/coder/provider.ts";
import { serveInProcess } from "#provider/sdk/serve-in-process.ts";
import { alternate, median, printSamples } from "./report.ts";
import { runTerraform } from "./run-terraform.ts";

const ROUNDS = Number(process.argv[2] ?? 21);
/** A daemon serves many builds from one process, so what is measured is code that has run before. */
const WARM_UP_ROUNDS = 8;
const GOAL_IN_PROCESS = 1.4;

/** As many objects as the other template, with the same references: what differs is the provider. */
const WITHOUT = `resource "terraform_data" "workspace" {}
resource "terraform_data" "owner" {}
resource "terraform_data" "provisioner" {}
resource "terraform_data" "main" {
  input = { os = "linux", arch = terraform_data.provisioner.output, env = { OWNER = terraform_data.owner.output } }
}
`;
const WITH = `terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
data "coder_workspace" "me" {}
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

await using cleanup = new AsyncDisposableStack();
const root = mkdtempSync(join(tmpdir(), "bench-"));
cleanup.defer(() => rmSync(root, { recursive: true, force: true }));

const mirror = join(root, "mirror");
const packageDirectory = join(mirror, CODER_PROVIDER_ADDRESS, "0.1.0", `${platform()}_${arch() === "x64" ? "amd64" : arch()}`);
mkdirSync(packageDirectory, { recursive: true });
symlinkSync(join(import.meta.dirname, "../bin/terraform-provider-coder"), join(packageDirectory, "terraform-provider-coder_v0.1.0"));
const cliConfig = join(root, "cli.tfrc");
writeFileSync(cliConfig, `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`);
const baseEnv = { PATH: process.env.PATH ?? "", HOME: root, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_CLI_CONFIG_FILE: cliConfig };

function project(name: string, main: string): string {
  const directory = join(root, name);
  mkdirSync(directory);
  writeFileSync(join(directory, "main.tf"), main);
  return directory;
}

const served = cleanup.use(await serveInProcess(coderProvider({ env: {} }), { address: CODER_PROVIDER_ADDRESS, directory: root }));
const spawned = project("spawned", WITH);
const init = spawnSync("terraform", ["init", "-no-color"], { cwd: spawned, env: baseEnv, encoding: "utf8" });
if (init.status !== 0) throw new Error(`terraform init failed: ${init.stderr}`);

const plan = (directory: string, env: Readonly<Record<string, string>>) => async (): Promise<number> => {
  const started = performance.now();
  await runTerraform(["plan", "-input=false", "-no-color"], { cwd: directory, env });
  return performance.now() - started;
};
const ways = {
  "(a) no provider": plan(project("none", WITHOUT), baseEnv),
  "(b) provider in process": plan(project("in-process", WITH), { ...baseEnv, TF_REATTACH_PROVIDERS: served.reattachProviders }),
  "(c) provider spawned": plan(spawned, baseEnv),
};
await alternate(ways, WARM_UP_ROUNDS);
const samples = await alternate(ways, ROUNDS);
printSamples("terraform plan", samples);
const [none = Number.NaN, inProcess = Number.NaN, plugin = Number.NaN] = samples.map(({ times }) => median(times));
console.log(`b/a = ${(inProcess / none).toFixed(2)} (goal: at most ${GOAL_IN_PROCESS})   c/a = ${(plugin / none).toFixed(2)}`);
