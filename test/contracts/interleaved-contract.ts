import { type Kysely, type RawBuilder, sql } from "kysely";
import { expect, test } from "vitest";
import type { Tables } from "#server/database/tables.ts";
import { NotFoundError } from "#server/errors.ts";
import { claimJob } from "#server/provisioning/claim-job.ts";
import { KeyDeletedError } from "#server/provisioning/key-errors.ts";
import { normalizeTags } from "#server/provisioning/tags.ts";
import { addApiKeyUsage } from "#server/usage/add-usage.ts";
import { serveDaemons } from "./daemon.ts";
import type { NewDatabase } from "./databases.ts";
import { insertKey } from "./keys.ts";
import { makeTemplate, pushVersion } from "./template.ts";
import { openWorld, type World } from "./world.ts";

/** Of two transactions, each in the middle of the other: on a database that runs more than one at a time. */
export function interleavedContract(newDatabase: NewDatabase): void {
  const open = async () => {
    const world = await openWorld(newDatabase);
    const lab = await world.asOwner.organizations.create({ name: "lab", displayName: "Lab" });
    return { ...world, lab, milo: await world.member("milo") };
  };
  const withTemplate = async () => {
    const world = await open();
    const { daemon } = await serveDaemons(world);
    const { id: templateId } = await makeTemplate(world, daemon());
    const make = () => world.asOwner.workspaces.create({ ownerId: world.milo.user.id, templateId, name: "late", parameters: [] });
    return { ...world, make };
  };

  /** A key, and a daemon of it that is known to the server. */
  const withDaemon = async () => {
    const world = await open();
    const { asOwner, organizationId, store } = world;
    const { core } = store.system;
    const { key, secret } = await asOwner.provisionerKeys.create({ organizationId, name: "far", tags: {} });
    const { daemon } = await serveDaemons(world);
    const far = daemon({ name: "far-1", key: secret });
    await far.acquire(AbortSignal.timeout(1));
    const { id } = await core.db.selectFrom("provisioner_daemons").select("id").where("key_id", "=", key.id).executeTakeFirstOrThrow();
    const claim = () => claimJob(core, { id, organizationId, provisioners: ["terraform"], tags: normalizeTags(undefined) });
    const { job } = await pushVersion(world);
    const status = async () => (await asOwner.jobs.get(job.id)).job_status;
    return { ...world, far, jobId: job.id, claim, status, revoke: () => asOwner.provisionerKeys.delete(key.id) };
  };

  test("a workspace that is being made keeps its owner in the organization", async () => {
    const { make, milo, organizationId, asOwner, ...world } = await withTemplate();
    const end = () => asOwner.organizationMembers.remove(organizationId, milo.user.id);
    const [made, ended] = await interleave(world, writesTo("workspaces"), [make, end]);
    expect(made?.status).toBe("fulfilled");
    expect(ended).toMatchObject({ status: "rejected", reason: { code: "in_use" } });
    expect((await asOwner.organizationMembers.get(organizationId, milo.user.id)).user_id).toBe(milo.user.id);
  });

  test("a workspace that is being made keeps its owner", async () => {
    const { make, milo, asOwner, ...world } = await withTemplate();
    const [made, ended] = await interleave(world, writesTo("workspaces"), [make, () => asOwner.users.delete(milo.user.id)]);
    expect(made?.status).toBe("fulfilled");
    expect(ended).toMatchObject({ status: "rejected", reason: { code: "owns_workspaces" } });
  });

  test("nothing is made for an organization that is being deleted", async () => {
    const world = await open();
    const { asOwner, milo, owner } = world;
    const { id: organizationId } = world.lab;
    const file = await asOwner.files.create({ createdBy: owner.id, mimetype: "application/x-tar", data: Buffer.from("x") });
    const user = { email: "new@example.test", username: "new", loginType: "none", organizationIds: [organizationId] } as const;
    const [ended, ...made] = await interleave(world, writesTo("audit_logs"), [
      () => asOwner.organizations.delete(organizationId),
      () => asOwner.templateVersions.create({ organizationId, fileId: file.id, provisioner: "terraform" }),
      () => asOwner.provisionerKeys.create({ organizationId, name: "key", tags: {} }),
      () => asOwner.organizationMembers.add(organizationId, milo.user.id),
      () => asOwner.users.create(user),
    ]);
    expect(ended?.status).toBe("fulfilled");
    for (const one of made) expect(one).toMatchObject({ status: "rejected", reason: expect.any(NotFoundError) });
  });

  test("no job is given to a daemon whose key is being deleted", async () => {
    const world = await withDaemon();
    const { revoke, claim, status } = world;
    const [ended, claimed] = await interleave(world, writesTo("audit_logs"), [revoke, claim]);
    expect(ended?.status).toBe("fulfilled");
    expect(claimed).toMatchObject({ status: "rejected", reason: expect.any(KeyDeletedError) });
    expect(await status()).toBe("pending");
  });

  test("a job that is being given to a daemon while its key is deleted is canceled", async () => {
    const world = await withDaemon();
    const { revoke, claim, status } = world;
    const [claimed, ended] = await interleave(world, writesTo("provisioner_jobs"), [claim, revoke]);
    expect([claimed?.status, ended?.status]).toEqual(["fulfilled", "fulfilled"]);
    expect(await status()).toBe("canceling");
  });

  test("a job whose daemon reports while its key is deleted is canceled, and neither waits for the other forever", async () => {
    const world = await withDaemon();
    const { revoke, claim, status, far, jobId } = world;
    await claim();
    const report = () => far.client.updateJob({ jobId, logs: [{ output: "working" }] }, far.options);
    const settled = await interleave(world, writesTo("provisioner_job_logs"), [report, revoke]);
    expect(settled.map((one) => one.status)).toEqual(["fulfilled", "fulfilled"]);
    expect(await status()).toBe("canceling");
  });

  test("nothing is made for a user who is being deleted", async () => {
    const world = await open();
    const { asOwner, lab, milo } = world;
    const { id } = milo.user;
    const tokens = { access_token: "access", refresh_token: undefined, expires_at: undefined, extra: undefined };
    const [ended, ...made] = await interleave(world, writesTo("audit_logs"), [
      () => asOwner.users.delete(id),
      () => asOwner.organizationMembers.add(lab.id, id),
      () => milo.view.externalAuthLinks.put({ provider_id: "git", user_id: id, ...tokens }),
      () => milo.view.gitSshKeys.regenerate(id),
      () => milo.view.users.setAppearance(id, APPEARANCE),
    ]);
    expect(ended?.status).toBe("fulfilled");
    for (const one of made) expect(one).toMatchObject({ status: "rejected", reason: expect.any(NotFoundError) });
  });

  test("a key that is used while its user is deleted is in nobody's way", async () => {
    const world = await open();
    const { milo, store, asOwner } = world;
    const { secret } = await insertKey(store, { ...KEY, userId: milo.user.id });
    const settled = await interleave(world, writesTo("users"), [
      () => store.system.authentication.withApiKey(secret, { ipAddress: "192.0.2.1" }),
      () => asOwner.users.delete(milo.user.id),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  });

  test("what keys did is written while those keys end", async () => {
    const world = await open();
    const { milo, store, asOwner, clock } = world;
    const insert = async (): Promise<string> => (await insertKey(store, { ...KEY, userId: milo.user.id })).key.id;
    // The deletion comes to them in the order in which they were made, the other one in that of their names.
    let [first, second] = [await insert(), await insert()];
    while (first < second) [first, second] = [second, await insert()];
    const at = clock.now();
    const uses = [first, second].map((keyId) => ({ keyId, ...USE, firstUsed: at, lastUsed: at }));
    const settled = await interleave(world, sql`select from api_keys where id = ${first} for update`, [
      () => asOwner.users.delete(milo.user.id),
      () => addApiKeyUsage(store.system.core, { uses, addresses: [] }),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  });
}

const KEY = { loginType: "none", scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds: 86_400 } as const;
const USE = { scope: "workspace:read", objectId: "", count: 1 } as const;
const APPEARANCE = { theme_preference: "", theme_mode: "", theme_light: "", theme_dark: "", terminal_font: "" } as const;

export function writesTo(table: keyof Tables): RawBuilder<unknown> {
  return sql`lock table ${sql.table(table)} in share row exclusive mode`;
}

/**
 * Runs the first until it meets what is held, then each other one as far as it gets, then all to their ends.
 *
 * @param held a statement that takes the lock which stops the first one
 */
export async function interleave(
  { store }: Pick<World, "store">,
  held: RawBuilder<unknown>,
  works: readonly (() => Promise<unknown>)[],
): Promise<PromiseSettledResult<unknown>[]> {
  const { db } = store.system.core;
  const running: Promise<unknown>[] = [];
  await db.transaction().execute(async (gate) => {
    await held.execute(gate);
    for (const work of works) {
      const one = work();
      running.push(one);
      let isOver = false;
      one.then(
        () => (isOver = true),
        () => (isOver = true),
      );
      const waiting = running.length;
      await expect.poll(async () => isOver || (await lockWaits(db)) >= waiting, { timeout: 10_000 }).toBe(true);
    }
  });
  return Promise.allSettled(running);
}

/** How many connections to this PostgreSQL database wait for what another one has locked. */
export async function lockWaits(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ waits: number }>`
    select count(*)::int as waits from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows[0]?.waits ?? 0;
}
