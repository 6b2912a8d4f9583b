/** Between the protocol's messages and the SDK's values. */
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
import type { Diagnostic, Path, PathStep } from "./diagnostic.ts";

/** A message that is absent, or empty, is null. @throws SyntaxError if the bytes do not fit the type */
export function fromDynamic(type: CtyType, message: DynamicValue | undefined): Value {
  if (message === undefined) return NULL;
  if (message.msgpack.length > 0) return decodeMsgpack(type, message.msgpack);
  return message.json.length > 0 ? decodeJson(type, Buffer.from(message.json).toString("utf8")) : NULL;
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
