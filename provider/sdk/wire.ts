/** Converts between the protocol's messages and the SDK's values. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type AttributePath_StepSchema,
  type AttributePathSchema,
  Diagnostic_Severity,
  type DiagnosticSchema,
  type DynamicValue,
  type DynamicValueSchema,
} from "#proto/gen/tfplugin6_pb.js";
import { decodeJson } from "./cty/json.ts";
import { decodeMsgpack, encodeMsgpack } from "./cty/msgpack.ts";
import type { CtyType } from "./cty/type.ts";
import { NULL, type Value } from "./cty/value.ts";
import { type Diagnostic, DiagnosticError, type Path, type PathStep } from "./diagnostic.ts";

/** A message that is absent, or empty, is null. @throws DiagnosticError if the bytes do not fit the type */
export function fromDynamic(type: CtyType, message: DynamicValue | undefined): Value {
  if (message === undefined) return NULL;
  return readable("A value from Terraform", () => {
    if (message.msgpack.length > 0) return decodeMsgpack(type, message.msgpack);
    return message.json.length > 0 ? decodeJson(type, textOf(message.json)) : NULL;
  });
}

/** Whether two messages certainly contain the same value, without parsing them. */
export function sameBytes(left: DynamicValue | undefined, right: DynamicValue | undefined): boolean {
  return left !== undefined && right !== undefined && left.msgpack.length > 0 && Buffer.compare(left.msgpack, right.msgpack) === 0;
}

/**
 * Parses a state from a state file, perhaps written by another version of the provider: keys that are no longer attributes are dropped.
 *
 * @param what names the state in error messages
 * @throws DiagnosticError if it does not fit the type
 */
export function fromStoredJson(type: CtyType, json: Uint8Array, what: string): Value {
  return readable(what, () => decodeJson(type, textOf(json), { unknownAttributes: "drop" }));
}

/** Reports bytes that cannot be read. That is not a bug here; the reader of the message can only check where the bytes come from. */
function readable(what: string, decode: () => Value): Value {
  try {
    return decode();
  } catch (error) {
    // RangeError: nested so deeply that the stack overflows.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    throw new DiagnosticError({ summary: `${what} cannot be read`, detail: error.message }, { cause: error });
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

export function toDynamic(type: CtyType, value: Value): MessageInitShape<typeof DynamicValueSchema> {
  return { msgpack: encodeMsgpack(type, value) };
}

export function toProtoDiagnostic({ severity, summary, detail = "", path }: Diagnostic): MessageInitShape<typeof DiagnosticSchema> {
  return {
    severity: severity === "error" ? Diagnostic_Severity.ERROR : Diagnostic_Severity.WARNING,
    summary,
    detail,
    ...(path === undefined || path.length === 0 ? {} : { attribute: toProtoPath(path) }),
  };
}

export function toProtoPath(path: Path): MessageInitShape<typeof AttributePathSchema> {
  return { steps: path.map(toProtoStep) };
}

function toProtoStep(step: PathStep): MessageInitShape<typeof AttributePath_StepSchema> {
  if (typeof step === "string") return { selector: { case: "attributeName", value: step } };
  if (typeof step === "number") return { selector: { case: "elementKeyInt", value: BigInt(step) } };
  return { selector: { case: "elementKeyString", value: step.key } };
}
