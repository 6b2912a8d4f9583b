import { randomUUID } from "node:crypto";

/** All of a state that is read in pieces. */
export async function textOf({ pieces }: { pieces(): AsyncIterable<Uint8Array> }): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces()) all.push(piece);
  return Buffer.concat(all).toString("utf8");
}

/** A state as Terraform writes it. @param paddingBytes makes it at least this large */
export function stateText({
  serial,
  lineage = randomUUID(),
  paddingBytes = 0,
  note = "",
}: {
  readonly serial: number;
  readonly lineage?: string;
  readonly paddingBytes?: number;
  readonly note?: string;
}): string {
  const attributes = { input: "x".repeat(paddingBytes), ...(note !== "" && { note }) };
  const resources = [{ mode: "managed", type: "terraform_data", name: "padding", instances: [{ attributes }] }];
  return JSON.stringify(
    { version: 4, terraform_version: "1.11.4", serial, lineage, outputs: {}, resources, check_results: null },
    undefined,
    2,
  );
}
