import type { Row } from "../database/tables.ts";

/**
 * Whether the job deletes a workspace without destroying its resources. Terraform gets no state for it, so what it writes says nothing of the
 * resources, and the workspace keeps its state until it is deleted.
 */
export function isOrphan({ input }: Pick<Row<"provisioner_jobs">, "input">): boolean {
  return "orphan" in input && input.orphan === true;
}
