/** Error responses and one-line responses. */
import { type Static, Type } from "typebox";

export const ValidationError = Type.Object({
  field: Type.String(),
  detail: Type.String(),
});
export type ValidationError = Static<typeof ValidationError>;

export const Response = Type.Object({
  message: Type.String(),
  detail: Type.Optional(Type.String()),
  validations: Type.Optional(Type.Array(ValidationError)),
});
export type Response = Static<typeof Response>;
