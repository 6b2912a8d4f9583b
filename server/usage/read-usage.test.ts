import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NotFoundError } from "../errors.ts";
import { addApiKeyUsage } from "./add-usage.ts";
import { usageOfKey } from "./read-usage.ts";

test("scopes come in order, their objects latest first, and what was not used since is left out", async () => {
  const { core, owner, keyHolder } = await openCommandWorld();
  const { key } = await keyHolder(owner.user.id);
  const use = (scope: string, objectId: string, ms: number) => {
    const at = new Date(ms);
    return { keyId: key.id, scope, objectId, count: 1, firstUsed: at, lastUsed: at };
  };
  const uses = [
    use("workspace:read", "a", 1_000),
    use("workspace:read", "b", 3_000),
    use("template:read", "", 2_000),
    use("user:read", "u", 1),
  ];
  await addApiKeyUsage(core, { uses, addresses: [] });
  const found = await usageOfKey(owner.access, key.id, new Date(1_000));
  expect(found.map(({ scope, objects }) => `${scope} ${objects.map(({ id }) => id).join()}`)).toEqual([
    "template:read ",
    "workspace:read b,a",
  ]);
  expect(await usageOfKey(owner.access, key.id, new Date(9_000))).toEqual([]);
});

test("it is for who may read the key, and of a key that is not there there is none", async () => {
  const { owner, keyHolder, person } = await openCommandWorld();
  const { key } = await keyHolder(owner.user.id);
  const milo = await person("milo");
  await expect(usageOfKey(milo.access, key.id, new Date(0))).rejects.toThrow(NotFoundError);
  await expect(usageOfKey(owner.access, "0000000000", new Date(0))).rejects.toThrow(NotFoundError);
});
