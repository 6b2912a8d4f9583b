/**
 * Templates whose resources are files in a folder, the "world", so that what exists can be compared with what Terraform's state says. They
 * use Terraform's builtin provider only.
 */
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface TemplateVariant {
  readonly resources: number;
  /** Whether each resource waits for the one before it. */
  readonly inOrder: boolean;
  /** How long making a resource takes, and removing it half as long, in milliseconds. */
  readonly napMs: number;
  /** Files beside the template that the wrapper of {@link writeWorldPrograms} looks for. */
  readonly marks: readonly string[];
  /** What each provisioner leaves running in the background when it ends. */
  readonly leavesBehind?: string;
}

/**
 * - `chain`: three resources, one after another
 * - `many`: a dozen, ten at a time, so that the state is written often
 * - `deaf`: as `chain`, but Terraform hears no signal that can be ignored
 * - `fork`: as `chain`, and each provisioner leaves a process behind that holds none of its pipes
 */
export const VARIANTS = {
  chain: { resources: 3, inOrder: true, napMs: 300, marks: [] },
  many: { resources: 12, inOrder: false, napMs: 120, marks: [] },
  deaf: { resources: 3, inOrder: true, napMs: 1_600, marks: ["deaf"] },
  fork: { resources: 3, inOrder: true, napMs: 300, marks: [], leavesBehind: "sleep 3" },
} as const satisfies Record<string, TemplateVariant>;

/** Terraform's default for `-parallelism`. */
export const TERRAFORM_AT_ONCE = 10;

export type VariantName = keyof typeof VARIANTS;
export const VARIANT_NAMES = Object.keys(VARIANTS) as VariantName[];

/**
 * The files of a template. Its parameter `generation` replaces every resource when it changes; a stopped workspace has none of them.
 *
 * @param world the folder of {@link writeWorldPrograms}
 */
export function templateFiles(world: string, variant: TemplateVariant): Record<string, string> {
  const resources = Array.from({ length: variant.resources }, (_, index) => resource(world, variant, index)).join("");
  return { "main.tf": `${HEAD}${resources}`, ...Object.fromEntries(variant.marks.map((name) => [name, ""])) };
}

const HEAD = `terraform {
  required_providers {
    coder = { source = "coder/coder" }
  }
}
data "coder_workspace" "me" {}
data "coder_parameter" "generation" {
  name    = "generation"
  default = "0"
  mutable = true
}
resource "coder_agent" "main" {
  count = data.coder_workspace.me.start_count
  os    = "linux"
  arch  = "amd64"
}
# A copy of the token, because the server keeps no agent's own.
resource "coder_env" "token" {
  count    = data.coder_workspace.me.start_count
  agent_id = coder_agent.main[0].id
  name     = "TOKEN"
  value    = coder_agent.main[0].token
}
`;

function resource(world: string, { inOrder, napMs, leavesBehind }: TemplateVariant, index: number): string {
  const before = inOrder && index > 0 ? `terraform_data.r${index - 1}` : "coder_agent.main";
  const call = (act: string, ms: number): string =>
    `act=${act} ws=\${self.input} i=${index} id=\${self.id} nap=${ms / 1_000}; . '${join(world, PROVISION)}'` +
    (leavesBehind === undefined ? "" : `; ${leavesBehind} </dev/null >/dev/null 2>&1 &`);
  return `resource "terraform_data" "r${index}" {
  count            = data.coder_workspace.me.start_count
  depends_on       = [${before}]
  input            = data.coder_workspace.me.id
  triggers_replace = [data.coder_parameter.generation.value]
  provisioner "local-exec" {
    on_failure = continue
    command    = "${call("create", napMs)}"
  }
  provisioner "local-exec" {
    when       = destroy
    on_failure = continue
    command    = "${call("destroy", napMs / 2)}"
  }
}
`;
}

const PROVISION = "provision.sh";

/**
 * A resource is the file `WORKSPACE.INDEX.ID`, and `WORKSPACE.log` tells what happened in order. Read into the shell that Terraform starts,
 * whose parent is Terraform itself: another Terraform of the workspace that lives at this moment is an overlap. A killed process that its
 * stopped parent has not collected yet is dead.
 */
const PROVISION_SCRIPT = (world: string): string => `cd '${world}'
if [ -e "$ws.pids" ]; then
  while read -r pid; do
    [ "$pid" = "$PPID" ] && continue
    read -r _ _ state _ 2>/dev/null < "/proc/$pid/stat" || continue
    [ "$state" = Z ] || [ "$state" = X ] || echo "overlap $act $i $id $PPID $pid" >> "$ws.log"
  done < "$ws.pids"
fi
echo "$PPID" >> "$ws.pids"
echo "begin $act $i $id $PPID" >> "$ws.log"
if [ "$act" = create ]; then : > "$ws.$i.$id"; else rm -f "$ws.$i.$id"; fi
sleep "$nap"
echo "end $act $i $id $PPID" >> "$ws.log"
`;

/** Stands for Terraform. A template with the mark `deaf` is applied by one that ignores whatever can be ignored. */
const WRAPPER_SCRIPT = `#!/bin/sh
if [ "$1" = apply ] && [ -e deaf ]; then
  trap '' INT TERM HUP
  terraform "$@"
  exit $?
fi
exec terraform "$@"
`;

/**
 * Writes what the templates need into the world's folder.
 *
 * @returns path of the program to use as Terraform
 */
export async function writeWorldPrograms(world: string): Promise<string> {
  await writeFile(join(world, PROVISION), PROVISION_SCRIPT(world));
  const wrapper = join(world, "terraform-as-told");
  await writeFile(wrapper, WRAPPER_SCRIPT);
  await chmod(wrapper, 0o755);
  return wrapper;
}
