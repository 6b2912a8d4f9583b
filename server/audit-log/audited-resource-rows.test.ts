import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { createOrganization } from "../organizations/create-organization.ts";
import { deleteOrganization } from "../organizations/delete-organization.ts";
import { regenerateGitSshKey } from "../people/regenerate-git-ssh-key.ts";
import { updateProfile } from "../people/update-profile.ts";
import { deleteKey } from "../tokens/end-key.ts";
import { wish } from "../tokens/keys.fixture.ts";
import { DEFAULT_TOKEN_LIFETIMES } from "../tokens/lifetimes.ts";
import { mintToken } from "../tokens/mint-token.ts";
import { findAuditedResources } from "./audited-resource-rows.ts";

test("what an entry is about is looked up as it is now, and what is gone is not found", async () => {
  const { owner, keyHolder, entries, core } = await openCommandWorld();
  const { id } = owner.user;
  const { access } = await keyHolder(id);
  await updateProfile(access, id, { username: "olivia" });
  await regenerateGitSshKey(access, id);
  const lab = await createOrganization(access, { name: "lab", displayName: "" });
  const kept = await mintToken(access, id, wish({ name: "kept" }), { lifetimes: DEFAULT_TOKEN_LIFETIMES });
  const gone = await mintToken(access, id, wish({ name: "gone" }), { lifetimes: DEFAULT_TOKEN_LIFETIMES });
  await deleteKey(access, gone.key.id);
  await deleteOrganization(access, [], lab.id);
  const logs = await entries();
  const found = await findAuditedResources(core.db, logs);
  const seen = logs.map((log) => `${log.action} ${log.resource_type} ${JSON.stringify(found.get(log.id) ?? "gone")}`);
  expect(seen).toEqual([
    'write user {"name":"olivia"}',
    "write git_ssh_key {}",
    'create organization "gone"',
    "create api_key {}",
    'create api_key "gone"',
    'delete api_key "gone"',
    'delete organization "gone"',
  ]);
  expect(kept.key.token_name).toBe("kept");
});
