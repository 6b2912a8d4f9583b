import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEncryption } from "#server/encryption/envelope.ts";
import { startPostgres, type TestPostgres } from "#test/postgres.ts";
import { agentsContract } from "./agents-contract.ts";
import { auditContract } from "./audit-contract.ts";
import { authenticationContract } from "./authentication-contract.ts";
import { buildsContract } from "./builds-contract.ts";
import { serveDaemons } from "./daemon.ts";
import { databaseContract } from "./database-contract.ts";
import { type NewDatabase, postgresDatabases, TEST_KEY } from "./databases.ts";
import { decisionsContract } from "./decisions-contract.ts";
import { interleavedContract } from "./interleaved-contract.ts";
import { interleavedStatesContract } from "./interleaved-states-contract.ts";
import { keysContract } from "./keys-contract.ts";
import { lateStatesContract } from "./late-states-contract.ts";
import { leasesContract } from "./leases-contract.ts";
import { listsContract } from "./lists-contract.ts";
import { membershipContract } from "./membership-contract.ts";
import { openStore } from "./open-store.ts";
import { peopleContract } from "./people-contract.ts";
import { pushedStatesContract } from "./pushed-states-contract.ts";
import { queueContract } from "./queue-contract.ts";
import { revokedKeysContract } from "./revoked-keys-contract.ts";
import { stateBackendsContract } from "./state-backends-contract.ts";
import { statesContract } from "./states-contract.ts";
import { tablesContract } from "./tables-contract.ts";
import { pushVersion } from "./template.ts";
import { turnsContract } from "./turns-contract.ts";
import { usageContract } from "./usage-contract.ts";
import { openWorld } from "./world.ts";

let server: TestPostgres;
let databases: NewDatabase;
beforeAll(async () => {
  server = await startPostgres();
  databases = postgresDatabases(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const newDatabase: NewDatabase = () => databases();

describe("the tables", () => tablesContract(newDatabase));
describe("people", () => peopleContract(newDatabase));
describe("membership", () => membershipContract(newDatabase));
describe("keys", () => keysContract(newDatabase));
describe("authentication", () => authenticationContract(newDatabase));
describe("usage", () => usageContract(newDatabase));
describe("builds", () => buildsContract(newDatabase));
describe("states", () => statesContract(newDatabase));
describe("late states", () => lateStatesContract(newDatabase));
describe("pushed states", () => pushedStatesContract(newDatabase));
describe("state backends", () => stateBackendsContract(newDatabase));
describe("the queue", () => queueContract(newDatabase));
describe("turns", () => turnsContract(newDatabase));
describe("leases", () => leasesContract(newDatabase));
describe("revoked keys", () => revokedKeysContract(newDatabase));
describe("agents", () => agentsContract(newDatabase));
describe("the audit log", () => auditContract(newDatabase));
describe("decisions", () => decisionsContract(newDatabase));
describe("lists", () => listsContract(newDatabase));
describe("transactions in each other's midst", () => interleavedContract(newDatabase));
describe("late states in the midst of others", () => interleavedStatesContract(newDatabase));
describe("the database", () => databaseContract(newDatabase));

test("a job that one server posts wakes a daemon that waits at another", async () => {
  const world = await openWorld(newDatabase);
  await using second = await world.database.open({ now: world.clock.now });
  const { daemon } = await serveDaemons({ ...world, store: second });
  const waiting = daemon().acquire();
  const version = await pushVersion(world);
  expect((await waiting)?.jobId).toBe(version.job.id);
  const over = second.system.jobs.waitUntilOver(version.job.id, AbortSignal.timeout(10_000));
  await world.asOwner.jobs.cancel(version.job.id);
  const { client, options } = daemon();
  await client.failJob({ jobId: version.job.id, error: "interrupted" }, options);
  expect((await over).job_status).toBe("failed");
});

test("a key that one server deletes refuses a daemon that waits at another, at once", async () => {
  const world = await openWorld(newDatabase);
  const { asOwner, organizationId } = world;
  await using second = await world.database.open({ now: world.clock.now });
  const { daemon } = await serveDaemons({ ...world, store: second });
  const { key, secret } = await asOwner.provisionerKeys.create({ organizationId, name: "far", tags: {} });
  const waiting = daemon({ key: secret }).acquire();
  // It may be refused before the test waits for that.
  waiting.catch(() => {});
  const isThere = async () => (await second.system.provisionerDaemons.list(organizationId)).length;
  await expect.poll(isThere).toBe(1);
  await asOwner.provisionerKeys.delete(key.id);
  await expect(waiting).rejects.toMatchObject({ code: "UNAUTHENTICATED", message: "the provisioner key was deleted" });
});

test("a listening connection that breaks is made anew, and everybody looks again", async () => {
  await using database = await newDatabase();
  const errors: unknown[] = [];
  await using store = await database.open({ onError: (error) => errors.push(error) });
  const resynced = new Promise<void>((resolve) => {
    store.events.subscribe(({ kind }) => kind === "resync" && resolve());
  });
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and datname = current_database()`.execute(
    store.system.core.db,
  );
  await resynced;
  expect(errors.length).toBeGreaterThan(0);
  const heard = new Promise<unknown>((resolve) => {
    store.events.subscribe(resolve);
  });
  await store.system.core.write(async (tx) => tx.publish({ kind: "resync" }));
  expect(await heard).toEqual({ kind: "resync" });
});

test("a server that is not there is unavailable", async () => {
  const location = { kind: "postgres", url: "postgres://nobody:x@127.0.0.1:1/none" } as const;
  await expect(openStore({ database: location, encryption: createEncryption([TEST_KEY]), onError: () => {} })).rejects.toThrow(
    "the database is unavailable: it refuses connections",
  );
});
