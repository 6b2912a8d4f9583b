import { insertApiKey, type NewApiKey } from "#server/keys/key-rows.ts";
import type { OpenStore } from "./open-store.ts";

/** A key that is simply there, as after a login or an upgrade: nobody asked for it, and no rule had a say. */
export function insertKey({ system: { core } }: Pick<OpenStore, "system">, key: NewApiKey): ReturnType<typeof insertApiKey> {
  return core.write((tx) => insertApiKey(core, tx, key));
}
