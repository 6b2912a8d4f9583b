import type { OrganizationId, ProvisionerKeyId } from "../ids.ts";
import type { Row } from "./tables.ts";

export type ProvisionerKey = Omit<Row<"provisioner_keys">, "hashed_secret">;

/** The key of daemons inside a server's own process: a row without a secret, since each start makes a new one. */
export const BUILT_IN_KEY_ID = "00000000-0000-0000-0000-000000000001";

export interface ProvisionerKeys {
  /** `secret` is shown once and never stored. @throws NameTakenError, InvalidInputError for a reserved name */
  create(key: {
    readonly organizationId: OrganizationId;
    readonly name: string;
    readonly tags: Readonly<Record<string, string>>;
  }): Promise<{ readonly key: ProvisionerKey; readonly secret: string }>;
  /** Oldest first, without the reserved ones. */
  list(organizationId: OrganizationId): Promise<readonly ProvisionerKey[]>;
  getByName(organizationId: OrganizationId, name: string): Promise<ProvisionerKey>;
  delete(id: ProvisionerKeyId): Promise<void>;
}
