import type { StateScan } from "./scan-state.ts";

/** The format of states since Terraform 0.12. */
const FORMAT = 4;

/**
 * Says what is wrong with a state that a person gives: everything but a whole state of the known format.
 *
 * @returns a sentence without its subject, such as `is not whole: it was cut off after 12 bytes`; undefined if nothing is wrong
 */
export function describeProblem({ sizeBytes, scan }: { readonly sizeBytes: number; readonly scan: StateScan }): string | undefined {
  if (scan.kind === "broken") {
    const why = {
      empty: "it is empty",
      cut_off: `it was cut off after ${sizeBytes} bytes`,
      not_json: `byte ${scan.at} does not fit into it`,
      too_deep: `byte ${scan.at} is nested too deeply`,
    } as const;
    return `is not whole: ${why[scan.why]}. Push the file that Terraform wrote, unchanged`;
  }
  if (scan.format === undefined) return "has no format version: it is not a file that Terraform wrote";
  if (scan.format !== FORMAT) return `has format ${scan.format}, and only format ${FORMAT} is accepted, which Terraform writes since 0.12`;
  const missing = scan.serial === undefined ? "serial" : scan.lineage === undefined ? "lineage" : undefined;
  return missing === undefined ? undefined : `has no ${missing}: it is not a file that Terraform wrote`;
}
