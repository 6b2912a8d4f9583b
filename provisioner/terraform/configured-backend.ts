import { type JsonObject, objectMember, parseJsonObject, stringMember } from "./json.ts";
import { readInside } from "./read-inside.ts";

/** A backend outside of the job's directory. */
export interface ConfiguredBackend {
  /** Its type, such as `http` or `cloud`. */
  readonly type: string;
  /** As the template has it. What Terraform takes from its environment or by default is null. */
  readonly config: JsonObject;
  /** Terraform's own kind of workspace: one backend may keep several states. */
  readonly workspace: string;
}

/** Reads which backend `terraform init` has configured. Undefined if Terraform keeps the state in its own file. */
export async function readConfiguredBackend(directory: string): Promise<ConfiguredBackend | undefined> {
  const written = (await readInside(directory, ".terraform", "terraform.tfstate")) ?? "";
  const backend = objectMember(parseJsonObject(written) ?? {}, "backend");
  const type = backend && stringMember(backend, "type");
  if (backend === undefined || type === undefined || type === "local") return undefined;
  const workspace = (await readInside(directory, ".terraform", "environment")) ?? "";
  return { type, config: objectMember(backend, "config") ?? {}, workspace: workspace.trim() || "default" };
}
