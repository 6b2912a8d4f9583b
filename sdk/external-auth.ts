/** Tokens of other services, which agents get for Git. */
import { type Static, Type } from "typebox";
import { DateTime, Nullable } from "./scalars.ts";

export const AgentExternalAuthResponse = Type.Object({
  access_token: Type.String(),
  token_extra: Nullable(Type.Record(Type.String(), Type.Unknown())),
  url: Type.String(),
  type: Type.String(),
  expires_at: Type.Optional(DateTime),
  username: Type.String(),
  password: Type.String(),
});
export type AgentExternalAuthResponse = Static<typeof AgentExternalAuthResponse>;
