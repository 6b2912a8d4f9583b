import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { ResourceSchema, TimingSchema, TimingState } from "#proto/gen/provisioner_pb.js";
import { JOB_KINDS } from "#server/features.ts";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { insertResources, insertTimings } from "./insert-rows.ts";
import { resourcesOfJob } from "./read-resources.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { access, user } = world.owner;
  const { build } = await storedWorkspace(world, { access, ownerId: user.id, template });
  const of = { jobId: build.job.id, transition: "start" } as const;
  const insert = (...resources: MessageInitShape<typeof ResourceSchema>[]) =>
    world.core.write((tx) =>
      insertResources(
        world.core,
        tx,
        of,
        resources.map((one) => create(ResourceSchema, one)),
      ),
    );
  return { world, access, build, insert };
}

test("resources and what is said of them keep their order, a key given twice its last value, and null is nothing", async () => {
  const { access, build, insert } = await open();
  const metadata = [
    { key: "b", value: "1" },
    { key: "a", value: "x\0" },
    { key: "b", value: "2" },
    { key: "n", isNull: true },
  ];
  await insert({ name: "z", type: "null_resource", metadata }, { name: "a", type: "null_resource", instanceType: "big", dailyCost: 7 });
  const [first, second] = await resourcesOfJob(access, JOB_KINDS, build.job.id);
  expect([first?.name, first?.metadata.map(({ key, value }) => `${key}=${value}`)]).toEqual(["z", ["b=2", "a=x\u{FFFD}"]]);
  expect(second).toMatchObject({ name: "a", instance_type: "big", daily_cost: 7, agents: [] });
  expect(first?.instance_type).toBeNull();
});

test("of times those are kept that have a known stage, and are over", async () => {
  const { world, build } = await open();
  const [start, end] = [timestampFromDate(new Date(1_500)), timestampFromDate(new Date(2_500))];
  const timing = { stage: "plan", source: "s", action: "a", resource: "r", start, end, state: TimingState.COMPLETED };
  const timings = [
    timing,
    { ...timing, stage: "nap" },
    { ...timing, state: TimingState.STARTED },
    { ...timing, end: timestampFromDate(new Date(0)) },
  ];
  await world.core.write((tx) =>
    insertTimings(
      tx,
      build.job.id,
      timings.map((one) => create(TimingSchema, one)),
    ),
  );
  expect(await world.core.db.selectFrom("provisioner_job_timings").select(["stage", "started_at", "ended_at"]).execute()).toEqual([
    { stage: "plan", started_at: new Date(1_500), ended_at: new Date(2_500) },
  ]);
});
