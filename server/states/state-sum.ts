import { createHash } from "node:crypto";
import type { StateVersion } from "#tfstate/compare-states.ts";
import { type StateScan, StateScanner } from "#tfstate/scan-state.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";

/** What is known of a state once all its bytes have been seen. */
export interface StateFacts {
  readonly sizeBytes: number;
  readonly sha256: Buffer;
  readonly scan: StateScan;
}

/** Looks at the bytes of a state as they pass. */
export class StateSum {
  readonly #hash = createHash("sha256");
  readonly #scanner = new StateScanner();
  #sizeBytes = 0;

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#scanner.push(bytes);
    this.#sizeBytes += bytes.length;
  }

  /** Call it once, after the last piece. */
  end(): StateFacts {
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest(), scan: this.#scanner.end() };
  }
}

/** Returns the columns in which a row keeps these facts. */
export function columnsOf({
  sizeBytes,
  sha256,
  scan,
}: StateFacts): Pick<Row<"terraform_states">, "size_bytes" | "sha256" | "serial" | "lineage"> {
  const { serial, lineage } = scan.kind === "whole" ? scan : {};
  return { size_bytes: sizeBytes, sha256, serial: serial ?? null, lineage: lineage === undefined ? null : cleanText(lineage) };
}

/** Returns what tells this state from another one. */
export function versionOf({ sha256, serial, lineage }: ReturnType<typeof columnsOf>): StateVersion {
  return { sha256: Buffer.from(sha256 ?? []).toString("hex"), serial: serial ?? undefined, lineage: lineage ?? undefined };
}
