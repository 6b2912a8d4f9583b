import type { Generated } from "kysely";
import type { JobId, StateId, WorkspaceBuildId, WorkspaceId } from "../../ids.ts";
import type { Hash, Sealed } from "./column-values.ts";

/**
 * - `arriving`: pieces are being written.
 * - `arrived`: all pieces are there, but nothing refers to the state yet.
 * - `named`: a build has it, or it came late and is kept for one.
 * - `dropped`: nothing refers to it anymore; its pieces are about to be deleted.
 */
export type StateStatus = "arriving" | "arrived" | "named" | "dropped";

/** What Terraform knows of the things that it created, in sealed pieces. */
export interface StatesTables {
  terraform_states: {
    id: StateId;
    workspace_id: WorkspaceId;
    /** The job whose daemon sent it; null if a person did. */
    job_id: JobId | null;
    /** The build whose job left it, if it came late and could not become that build's state. */
    late_build_id: WorkspaceBuildId | null;
    status: StateStatus;
    size_bytes: number;
    piece_count: number;
    /** Of all bytes; null while they arrive, and for states of servers that did not look into them. */
    sha256: Hash | null;
    /** What the state says of itself; null if it does not, or nobody has looked. */
    serial: number | null;
    lineage: string | null;
    /** All of it is in piece 0, whatever its size, sealed as servers did that had no pieces. */
    is_one_seal: Generated<boolean>;
    /** What must not be stored was removed before it was sealed. In an older state, it is removed whenever that is read. */
    is_scrubbed: Generated<boolean>;
    created_at: Date;
    updated_at: Date;
  };
  terraform_state_pieces: { state_id: StateId; piece_index: number; data: Sealed };
}
