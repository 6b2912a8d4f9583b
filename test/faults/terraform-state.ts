/** What the walk reads of a state file of Terraform, of a template of `template.ts`. */
export interface TerraformState {
  readonly lineage: string;
  readonly serial: number;
  /** IDs of the resources that stand for files of the world. */
  readonly ids: ReadonlySet<string>;
  /** Those that Terraform will destroy without running their provisioners. */
  readonly tainted: ReadonlySet<string>;
  /** Of the agents that it holds, as the template copies them. */
  readonly agentTokens: readonly string[];
}

/** Returns undefined for what is not a whole state, such as a file that Terraform is still writing, or the empty answer for no state. */
export function readState(content: unknown): TerraformState | undefined {
  const state = typeof content === "string" ? parsed(content) : content;
  if (!isRecord(state) || typeof state.lineage !== "string" || typeof state.serial !== "number") return undefined;
  const ids = new Set<string>();
  const tainted = new Set<string>();
  const agentTokens: string[] = [];
  for (const { type, instance } of instancesOf(state.resources)) {
    const { id, value: token } = isRecord(instance.attributes) ? instance.attributes : {};
    if (type === "coder_env" && typeof token === "string") agentTokens.push(token);
    if (type !== "terraform_data" || typeof id !== "string") continue;
    ids.add(id);
    if (instance.status === "tainted") tainted.add(id);
  }
  return { lineage: state.lineage, serial: state.serial, ids, tainted, agentTokens };
}

function* instancesOf(resources: unknown): Generator<{ type: unknown; instance: Record<string, unknown> }> {
  for (const resource of Array.isArray(resources) ? resources : []) {
    if (!isRecord(resource)) continue;
    for (const instance of Array.isArray(resource.instances) ? resource.instances : [])
      if (isRecord(instance)) yield { type: resource.type, instance };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
