/** Makes, from the descriptor of a message, one that is too large in exactly one place, for every place. */
import { create, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { limitsOf } from "#server/grpc/field-limits.ts";

export interface OversizedMessage {
  /** As a refusal names it. */
  readonly field: string;
  readonly message: Message;
}

export function oversizedMessages(schema: DescMessage): OversizedMessage[] {
  return schema.fields.flatMap((field) =>
    tooLarge(field).map(({ path, value }) => ({
      field: path,
      message: create(
        schema,
        field.oneof === undefined ? { [field.localName]: value } : { [field.oneof.localName]: { case: field.localName, value } },
      ),
    })),
  );
}

interface Found {
  readonly path: string;
  readonly value: unknown;
}

function tooLarge(field: DescField): Found[] {
  const { name } = field;
  const { entries, keyCharacters } = limitsOf(field);
  switch (field.fieldKind) {
    case "enum":
      return [];
    case "scalar":
      return scalars(field, field.scalar).map((value) => ({ path: name, value }));
    case "message":
      return oversizedMessages(field.message).map((one) => ({ path: `${name}.${one.field}`, value: one.message }));
    case "list": {
      const item = field.listKind === "message" ? create(field.message) : field.listKind === "enum" ? 0 : scalar(field.scalar);
      const many = { path: name, value: Array.from({ length: entries + 1 }, () => item) };
      if (field.listKind === "message")
        return [many, ...oversizedMessages(field.message).map((one) => ({ path: `${name}.${one.field}`, value: [one.message] }))];
      return [many, ...(field.listKind === "scalar" ? scalars(field, field.scalar).map((value) => ({ path: name, value: [value] })) : [])];
    }
    case "map": {
      const item = field.mapKind === "scalar" ? scalar(field.scalar) : 0;
      const many = Object.fromEntries(Array.from({ length: entries + 1 }, (_, at) => [`k${at}`, item]));
      return [
        { path: name, value: many },
        { path: `${name} key`, value: { ["k".repeat(keyCharacters + 1)]: item } },
        ...(field.mapKind === "scalar" ? scalars(field, field.scalar).map((value) => ({ path: name, value: { k: value } })) : []),
      ];
    }
  }
}

function scalar(type: ScalarType): unknown {
  if (type === ScalarType.STRING) return "x";
  if (type === ScalarType.BYTES) return new Uint8Array(1);
  return type === ScalarType.INT64 ? 0n : 0;
}

function scalars(field: DescField, type: ScalarType): unknown[] {
  const { characters, bytes, mayHaveNul } = limitsOf(field);
  if (type === ScalarType.BYTES) return [new Uint8Array(bytes + 1)];
  if (type !== ScalarType.STRING) return [];
  return ["x".repeat(characters + 1), ...(mayHaveNul ? [] : ["a\0b"])];
}
