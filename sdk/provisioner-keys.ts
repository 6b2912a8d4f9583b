/** Keys with which remote provisioner daemons register. */
import { type Static, Type } from "typebox";
import { DateTime, Uuid } from "./scalars.ts";

export const ProvisionerKey = Type.Object({
  id: Uuid,
  created_at: DateTime,
  organization: Uuid,
  name: Type.String(),
  tags: Type.Record(Type.String(), Type.String()),
});
export type ProvisionerKey = Static<typeof ProvisionerKey>;

export const CreateProvisionerKeyRequest = Type.Object({
  name: Type.String(),
  tags: Type.Optional(Type.Record(Type.String(), Type.String())),
});
export type CreateProvisionerKeyRequest = Static<typeof CreateProvisionerKeyRequest>;

export const CreateProvisionerKeyResponse = Type.Object({
  key: Type.String(),
});
export type CreateProvisionerKeyResponse = Static<typeof CreateProvisionerKeyResponse>;
