/**
 * Measures what it takes to give out a job, and to tell the place of one, with 10,000 jobs in the queue compared with ten. Goal: a claim at
 * most 1.5 × the floor.
 * Run: `node bench/queue.ts [sqlite|postgres] [rounds]`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createEncryption } from "#server/encryption/envelope.ts";
import { DaemonId, FileId, JobId, type UserId } from "#server/ids.ts";
import { claimJob } from "#server/provisioning/claim-job.ts";
import { insertJob } from "#server/provisioning/insert-job.ts";
import { findJobRow } from "#server/provisioning/job-rows.ts";
import { normalizeTags } from "#server/provisioning/tags.ts";
import { type OpenStore, openStore } from "#test/contracts/open-store.ts";
import { startPostgres } from "#test/postgres.ts";
import { alternate, printSamples } from "./report.ts";

const dialect = process.argv[2] ?? "sqlite";
const rounds = Number(process.argv[3] ?? 100);
const directory = await mkdtemp(join(tmpdir(), "proviso-bench-"));
await using postgres = dialect === "postgres" ? await startPostgres() : undefined;

try {
  const samples = await alternate(
    {
      "a claim, 10 jobs of one person": await claims("ten", 10, 1),
      "a claim, 10,000 jobs of one person": await claims("one", 10_000, 1),
      "a claim, 10,000 jobs of forty people": await claims("forty", 10_000, 40),
      "a claim, 10,000 jobs of somebody with enough": await claims("enough", 10_000, 1, { maxRunningPerOwner: 1 }),
      "the place of one of 10,000 jobs": await places(10_000, 40),
    },
    rounds,
  );
  printSamples(`The queue on ${dialect}`, samples, "µs");
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** A queue of its own, which is as long before each claim. */
async function claims(name: string, jobs: number, people: number, options = {}): Promise<() => Promise<number>> {
  const { core, worker, post } = await fill(name, jobs, people);
  return async () => {
    const before = performance.now();
    const job = await claimJob(core, worker, options);
    const took = performance.now() - before;
    if (job === undefined) throw new Error("no job");
    await post(job.initiator_id);
    return took * 1_000;
  };
}

async function places(jobs: number, people: number): Promise<() => Promise<number>> {
  const { core, last } = await fill("places", jobs, people);
  return async () => {
    const before = performance.now();
    const job = await findJobRow(core.db, last);
    const took = performance.now() - before;
    if (!(job !== undefined && job.queue_position > 0)) throw new Error(`place ${job?.queue_position}`);
    return took * 1_000;
  };
}

async function fill(name: string, jobs: number, people: number) {
  const store: OpenStore = await openStore({
    database: postgres
      ? { kind: "postgres", url: await postgres.createDatabase() }
      : { kind: "sqlite", path: join(directory, `${name}.db`) },
    encryption: createEncryption([Buffer.alloc(32, 7)]),
    now: () => new Date(),
    onError: () => {},
  });
  const { core, setup, users, provisionerKeys } = store.system;
  const owner = await setup.createFirstUser({ email: "ann@example.com", username: "ann", password: "correct horse battery staple" });
  const [organizationId] = owner.organization_ids;
  if (organizationId === undefined) throw new Error("the first user is in no organization");
  const ids: UserId[] = [];
  for (let n = 0; n < people; n++) {
    const person = { email: `p${n}@example.com`, username: `p${n}`, loginType: "none", organizationIds: [organizationId] } as const;
    ids.push((await users.create(person)).id);
  }
  const { key } = await provisionerKeys.create({ organizationId, name: "bench", tags: {} });
  const daemonId = DaemonId.parse(crypto.randomUUID());
  const fileId = FileId.parse(crypto.randomUUID());
  const at = core.now();
  await core.write(async ({ db }) => {
    const file = { id: fileId, hash: "00", mimetype: "application/x-tar", data: Buffer.from("a tar archive"), created_at: at };
    await db
      .insertInto("files")
      .values({ ...file, created_by: owner.id })
      .execute();
    const daemon = { id: daemonId, organization_id: organizationId, key_id: key.id, name: "bench", provisioners: ["terraform"], tags: {} };
    await db
      .insertInto("provisioner_daemons")
      .values({ ...daemon, version: "", api_version: "", last_seen_at: at, created_at: at })
      .execute();
  });
  const tags = normalizeTags(undefined);
  let last = JobId.parse(crypto.randomUUID());
  const add = (tx: Parameters<typeof insertJob>[1], initiatorId: UserId): Promise<void> => {
    last = JobId.parse(crypto.randomUUID());
    const kind = { type: "template_version_import", provisioner: "terraform", fileId, tags } as const;
    const input = { template_version_id: crypto.randomUUID() as never, template_id: null };
    return insertJob(core, tx, { id: last, organizationId, initiatorId, input, ...kind });
  };
  for (let n = 0; n < jobs; n += 100)
    await core.write(async (tx) => {
      for (let m = n; m < Math.min(jobs, n + 100); m++) await add(tx, ids[m % people] as UserId);
    });
  const worker = { id: daemonId, organizationId, provisioners: ["terraform"] as const, tags };
  return { core, worker, last, post: (by: UserId) => core.write((tx) => add(tx, by)) };
}
