/** Keys with which remote provisioner daemons register. */
import { type Static, Type } from "typebox";
import { Text, TextMap } from "./limits.ts";
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
  name: Text("name"),
  tags: Type.Optional(TextMap("tags", "name")),
});
export type CreateProvisionerKeyRequest = Static<typeof CreateProvisionerKeyRequest>;

export const CreateProvisionerKeyResponse = Type.Object({
  key: Type.String(),
});
export type CreateProvisionerKeyResponse = Static<typeof CreateProvisionerKeyResponse>;
