import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { DiskError, explainDiskError } from "#disk/disk-error.ts";
import type { Timing } from "#proto/gen/provisioner_pb.js";
import { type AcquiredJob, type FailedJob, FailedJob_WorkspaceBuildSchema, type FailedJobSchema } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import { JobCanceledError } from "./job-reporter.ts";
import { JobError } from "./job-run.ts";
import { LeaseLostError } from "./lease.ts";
import { CancelTimedOutError } from "./stop-reasons.ts";
import { ConversionError } from "./terraform/attributes.ts";
import { DotSyntaxError } from "./terraform/dot.ts";
import { TerraformStepError } from "./terraform/executor.ts";
import { TerraformUnusableError } from "./terraform/find-terraform.ts";
import { TemplateParseError } from "./terraform/parse-template.ts";
import { StateFormatError } from "./terraform/state.ts";
import { UnpackError } from "./terraform/unpack.ts";

/** The daemon was stopped, and therefore stopped the job. */
export class DaemonStoppedError extends Error {
  override readonly name = "DaemonStoppedError";
}

/** Returns the text of a failure that a user can understand, or undefined for an internal error. */
export function explain(cause: unknown): string | undefined {
  // A canceled job has no error: its status is enough.
  if (cause instanceof JobCanceledError) return "";
  const isForUsers =
    cause instanceof TerraformStepError ||
    cause instanceof TerraformUnusableError ||
    cause instanceof ConversionError ||
    cause instanceof StateFormatError ||
    cause instanceof DotSyntaxError ||
    cause instanceof UnpackError ||
    cause instanceof TemplateParseError ||
    cause instanceof JobError ||
    cause instanceof CancelTimedOutError ||
    cause instanceof DaemonStoppedError ||
    cause instanceof LeaseLostError ||
    cause instanceof StatusError;
  if (isForUsers) return cause.message;
  const path = cause instanceof Error && "path" in cause ? String(cause.path) : "";
  const explained = explainDiskError("The provisioner daemon's work folder", path, cause);
  return explained instanceof DiskError ? explained.message : undefined;
}

export function internalText(error: unknown): string {
  return `the provisioner daemon failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** What a failure says about a job of its kind. The server keeps the state that it has if this one is empty. */
export function typeOfFailure(
  kind: AcquiredJob["type"]["case"],
  left: { readonly state?: Uint8Array; readonly timings?: readonly Timing[]; readonly keptFile?: string } = {},
): FailedJob["type"] {
  switch (kind) {
    case "templateImport":
      return { case: "templateImport", value: { $typeName: "provisionerd.FailedJob.TemplateImport" } };
    case "templateDryRun":
      return { case: "templateDryRun", value: { $typeName: "provisionerd.FailedJob.TemplateDryRun" } };
    case "workspaceBuild": {
      const { state = new Uint8Array(), timings = [], keptFile = "" } = left;
      return { case: "workspaceBuild", value: create(FailedJob_WorkspaceBuildSchema, { state, timings: [...timings], keptFile }) };
    }
    case undefined:
      return { case: undefined };
  }
}

export type Failure = MessageInitShape<typeof FailedJobSchema> & { readonly jobId: string };

/** Derives the codes that clients act on from the text of the error. */
export function errorCode(error: string): string {
  if (error.includes("missing parameter")) return "MISSING_TEMPLATE_PARAMETER";
  return error.includes("required template variables") ? "REQUIRED_TEMPLATE_VARIABLES" : "";
}
