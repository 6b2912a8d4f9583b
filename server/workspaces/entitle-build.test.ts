import { expect, test } from "vitest";
import { serveDaemons } from "#test/contracts/daemon.ts";
import { newSqlite } from "#test/contracts/databases.ts";
import { makeTemplate } from "#test/contracts/template.ts";
import { openWorld } from "#test/contracts/world.ts";
import { findBuildRow } from "./new-build-rows.ts";
import { prepareBuild } from "./prepare-build.ts";

const OPTIONS = { accessUrl: "http://localhost", canDownloadState: false };

test("a build that is handed out again, after a lost lease, is entitled to what is left by then", async () => {
  const world = await openWorld(newSqlite);
  const { core } = world.store.system;
  const one = (await serveDaemons(world)).daemon();
  const template = await makeTemplate(world, one);
  const { build } = await world.asOwner.workspaces.create({ ownerId: world.owner.id, templateId: template.id, name: "ws", parameters: [] });
  const first = await one.acquire();
  expect(first?.type.case === "workspaceBuild" && first.type.value.metadata?.workspaceOwnerSessionToken).toMatch(/-pvt_/);
  expect(await findBuildRow(core.db, build.id)).toMatchObject({ entitlement: { kind: "full" }, entitlement_key_id: null });

  await core.db.deleteFrom("api_keys").where("login_type", "!=", "token").execute();
  const job = await core.db.selectFrom("provisioner_jobs").selectAll().where("id", "=", build.job.id).executeTakeFirstOrThrow();
  const { value } = await core.write((tx) => prepareBuild(core, tx, job, OPTIONS));
  expect(value).toMatchObject({ metadata: { workspaceOwnerSessionToken: "", workspaceOwnerSshPrivateKey: "" } });
  expect(await findBuildRow(core.db, build.id)).toMatchObject({ entitlement: { kind: "none" }, entitlement_key_id: null });
  // The key of the first time ended with it.
  expect(await core.db.selectFrom("api_keys").select("id").execute()).toEqual([]);
});
