/** Readers of what Terraform prints as JSON, for the values that a test asks about. */
import type { TerraformProject } from "./terraform-project.ts";

export type Attributes = Readonly<Record<string, unknown>>;

interface StoredResource {
  readonly type: string;
  readonly name: string;
  readonly instances: readonly { readonly attributes: Attributes; readonly status?: string }[];
}

/** The attributes of a resource or data source in the state, by its type and name. */
export async function stored(project: TerraformProject, address: string): Promise<Attributes> {
  const { stdout, stderr } = await project.terraform("state", "pull");
  if (stdout === "") throw new Error(`no state: ${stderr}`);
  const { resources }: { resources: readonly StoredResource[] } = JSON.parse(stdout);
  const found = resources.find(({ type, name }) => `${type}.${name}` === address)?.instances[0];
  if (found === undefined) throw new Error(`${address} is not in the state`);
  return found.attributes;
}

export interface PlannedChange {
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly after: Attributes | null;
    readonly after_unknown: Attributes;
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
}

/** Makes a plan and gives what it would change. @throws Error with Terraform's own text if there is no plan */
export async function plannedChanges(project: TerraformProject, ...args: readonly string[]): Promise<readonly PlannedChange[]> {
  const plan = await project.terraform("plan", "-no-color", "-input=false", "-out=plan", ...args);
  if (plan.exitCode !== 0) throw new Error(plan.stderr);
  const { stdout } = await project.terraform("show", "-json", "plan");
  const { resource_changes: changes = [] }: { resource_changes?: readonly PlannedChange[] } = JSON.parse(stdout);
  return changes;
}

export interface JsonDiagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
  readonly snippet?: { readonly context: string | null; readonly code: string };
}

export async function validation(project: TerraformProject): Promise<{ valid: boolean; diagnostics: readonly JsonDiagnostic[] }> {
  const { stdout } = await project.terraform("validate", "-json");
  return JSON.parse(stdout);
}
