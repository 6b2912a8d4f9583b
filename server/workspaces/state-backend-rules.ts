/** Decides whether a build may use the backend that its template configures. */
import type { StateBackend } from "#proto/gen/provisionerd_pb.js";
import type { Row } from "../database/tables.ts";

type Reported = Omit<StateBackend, "$typeName" | "$unknown">;

/**
 * - `none`: the template has no backend, and there is nothing to remember.
 * - `own`: the backend is the workspace's, unless another workspace has it. `notice` is for the build's log.
 * - `refused`: Terraform would forget resources, or take over somebody else's.
 */
export type BackendVerdict =
  | { readonly kind: "none" }
  | { readonly kind: "own"; readonly lineage: string; readonly notice?: string }
  | { readonly kind: "refused"; readonly why: string };

const REMOVE = "Remove the block: Proviso keeps the state of each workspace itself.";
const UNKNOWN = "if that build created something, Terraform does not know of it.";
const ORPHAN = "To delete only the workspace, and leave its resources as they are, delete it with --orphan.";

/**
 * @param facts.earlier the backend that the workspace's last builds had
 * @param facts.hasApplied whether an earlier build has begun to apply
 * @param facts.isKeptHere whether the server has a state of the workspace; the daemon then compares it with the one in the backend
 */
export function judgeBackend(facts: {
  readonly reported: Reported;
  readonly earlier: Pick<Row<"workspace_state_backends">, "identity" | "type" | "declared_at" | "lineage"> | undefined;
  readonly hasApplied: boolean;
  readonly isKeptHere: boolean;
}): BackendVerdict {
  const { reported, earlier, hasApplied, isKeptHere } = facts;
  const name = `${reported.declaredAt}: ${backendName(reported.type)}`;
  const before = earlier && `${backendName(earlier.type)} (${earlier.declared_at})`;
  if (reported.identity.length === 0) {
    if (before === undefined) return { kind: "none" };
    const why = `Earlier builds of this workspace kept their state in ${before}, which this version of the template does not have any more: Terraform would forget what they created. Use a version with that block, or copy the state to Proviso: run "terraform state pull" in a folder with that block, then "proviso state push". ${ORPHAN}`;
    return { kind: "refused", why };
  }
  const own = { kind: "own", lineage: reported.lineage } as const;
  if (earlier !== undefined && Buffer.compare(earlier.identity, reported.identity) === 0) {
    if (!hasApplied || isKeptHere || reported.lineage !== "") return own;
    if (earlier.lineage === "")
      return { ...own, notice: `${name} holds no state, although an earlier build has run terraform apply: ${UNKNOWN}` };
    const why = `${name} holds no state any more, although earlier builds of this workspace had one there: Terraform would forget what they created. Restore that state. ${ORPHAN}`;
    return { kind: "refused", why };
  }

  const holds = reported.resources === 1n ? "a state with one resource" : `a state with ${reported.resources} resources`;
  const isStrange = earlier !== undefined && earlier.lineage !== "" && earlier.lineage !== reported.lineage;
  if (reported.resources > 0n && !isKeptHere && (!hasApplied || isStrange)) {
    const why = `${name} already holds ${holds} that no build of this workspace created: Terraform would take them over, and destroy them with the workspace. ${REMOVE}`;
    return { kind: "refused", why };
  }
  if (before === undefined || !hasApplied) return own;
  if (reported.resources === 0n && !isKeptHere) {
    const why = `${name} holds no resources, because earlier builds of this workspace kept their state in ${before}: Terraform would forget what they created, and create all of it again. Copy the state to the new place with "terraform init -migrate-state", or use a version of the template with the earlier block. ${ORPHAN}`;
    return { kind: "refused", why };
  }
  const notice = `${name} is another one than ${before}, which earlier builds had. It holds ${holds}, with which Terraform continues.`;
  return { ...own, notice };
}

/** Says why a workspace cannot have a backend that another one has. It does not name that one: not everybody who reads this may see it. */
export function sharedBackendText(
  { type, declaredAt }: Pick<Reported, "type" | "declaredAt">,
  { hasApplied }: { readonly hasApplied: boolean },
): string {
  const why = `${declaredAt}: ${backendName(type)} is in use by another workspace. All workspaces of this template would share one state there, so that each build would change or destroy what the others created. ${REMOVE}`;
  // Without an apply, a plain delete destroys nothing.
  return hasApplied ? `${why} ${ORPHAN}` : why;
}

function backendName(type: string): string {
  return type === "cloud" ? "the cloud block" : `the backend ${JSON.stringify(type)}`;
}
