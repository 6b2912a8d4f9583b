import type { MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type { AcquiredJob_WorkspaceBuild, StateBackendSchema } from "#proto/gen/provisionerd_pb.js";
import { JobId, type WorkspaceId } from "#server/ids.ts";
import type { Template } from "#server/templates/template-rows.ts";
import { serveDaemons, type TestDaemon } from "./daemon.ts";
import type { NewDatabase } from "./databases.ts";
import { complete, makeTemplate } from "./template.ts";
import { openWorld, type World } from "./world.ts";

type Backend = MessageInitShape<typeof StateBackendSchema>;
type Transition = "start" | "stop" | "delete";

const backend = (place: number, more: Backend = {}): Backend => ({
  type: "http",
  identity: Buffer.alloc(32, place),
  declaredAt: `main.tf line ${place}`,
  ...more,
});

/** Which workspace keeps its state in which backend, and what the server knows of what was applied. */
export function stateBackendsContract(newDatabase: NewDatabase): void {
  const open = async () => {
    const world = await openWorld(newDatabase);
    const one = (await serveDaemons(world)).daemon();
    const template = await makeTemplate(world, one);
    return { world, one, template };
  };
  const newWorkspace = async ({ asOwner, owner }: World, template: Template, name: string): Promise<WorkspaceId> =>
    (await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name, parameters: [] })).workspace.id;

  /** A build in a daemon's hands. */
  const acquire = async ({ client, options, acquire: next }: TestDaemon) => {
    const job = await next();
    if (job?.type.case !== "workspaceBuild") throw new Error("no build to do");
    const { jobId } = job;
    const message: AcquiredJob_WorkspaceBuild = job.type.value;
    return {
      jobId,
      message,
      claim: (stateBackend: Backend) => client.updateJob({ jobId, stateBackend }, options),
      apply: () => client.updateJob({ jobId, applying: true }, options),
      fail: () => client.failJob({ jobId, error: "no", type: { case: "workspaceBuild", value: {} } }, options),
      complete: () => client.completeJob({ jobId, type: { case: "workspaceBuild", value: {} } }, options),
    };
  };
  const begin = async (
    world: World,
    one: TestDaemon,
    workspaceId: WorkspaceId,
    transition: Transition,
    more: { state?: Uint8Array } = {},
  ) => {
    await world.asOwner.builds.create({ workspaceId, transition, ...more });
    return acquire(one);
  };

  test("a build tells whether an earlier one has begun to apply, however that ended", async () => {
    const { world, one, template } = await open();
    const id = await newWorkspace(world, template, "ws");
    const first = await acquire(one);
    expect(first.message.hasApplied).toBe(false);
    await first.fail();
    const second = await begin(world, one, id, "start");
    expect(second.message.hasApplied).toBe(false);
    await second.apply();
    await second.fail();
    const orphan = await begin(world, one, id, "delete", { state: new Uint8Array() });
    expect(orphan.message.hasApplied).toBe(false);
    await orphan.fail();
    const last = await begin(world, one, id, "delete");
    expect(last.message.hasApplied).toBe(true);
    expect(last.message.state).toHaveLength(0);
  });

  test("of a daemon that does not announce an apply, a success is enough", async () => {
    const { world, one, template } = await open();
    const id = await newWorkspace(world, template, "ws");
    await complete(one, { state: "" });
    expect((await begin(world, one, id, "delete")).message.hasApplied).toBe(true);
  });

  test("two workspaces cannot have one backend; a deleted one makes it free", async () => {
    const { world, one, template } = await open();
    const owner = await newWorkspace(world, template, "first");
    const first = await acquire(one);
    await first.claim(backend(1));
    // A repeated call, as after a lost answer, is fine.
    await first.claim(backend(1));
    await first.apply();
    await first.complete();

    const late = await newWorkspace(world, template, "second");
    const second = await acquire(one);
    const refusal = { code: "FAILED_PRECONDITION", message: expect.stringContaining("main.tf line 1: the backend") };
    await expect(second.claim(backend(1))).rejects.toMatchObject(refusal);
    await expect(second.claim(backend(1))).rejects.not.toMatchObject({ message: expect.stringContaining("first") });
    await second.fail();
    const gone = await begin(world, one, late, "delete");
    expect(gone.message).toMatchObject({ hasApplied: false, state: new Uint8Array() });
    await gone.complete();
    // The owner of the backend has lost nothing.
    const stop = await begin(world, one, owner, "stop");
    await stop.claim(backend(1, { resources: 1n, lineage: "l" }));
    await stop.apply();
    await stop.complete();

    const last = await begin(world, one, owner, "delete");
    await last.claim(backend(1, { resources: 1n, lineage: "l" }));
    await last.apply();
    await last.complete();
    await newWorkspace(world, template, "third");
    await (await acquire(one)).claim(backend(1, { lineage: "l" }));
  });

  test("of many first builds at once, exactly one gets the backend", async () => {
    const { world, one, template } = await open();
    const builds: Awaited<ReturnType<typeof acquire>>[] = [];
    for (let n = 0; n < 6; n++) {
      await newWorkspace(world, template, `ws-${n}`);
      builds.push(await acquire(one));
    }
    const claims = await Promise.allSettled(builds.map(({ claim }) => claim(backend(1))));
    expect(claims.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const [reason] = claims.flatMap((claim) => (claim.status === "rejected" ? [claim.reason] : []));
    expect(reason).toMatchObject({ code: "FAILED_PRECONDITION", message: expect.stringContaining("is in use by another workspace") });
  });

  test("resources that no build of the workspace created are not taken over", async () => {
    const { world, one, template } = await open();
    await newWorkspace(world, template, "ws");
    const first = await acquire(one);
    await expect(first.claim(backend(1, { resources: 3n, lineage: "l" }))).rejects.toThrow("already holds a state with 3 resources");
    await newWorkspace(world, template, "other");
    // A refusal claims nothing.
    await (await acquire(one)).claim(backend(1));
  });

  test("a template that gives its backend up makes it free, if that forgets nothing", async () => {
    const { world, one, template } = await open();
    const id = await newWorkspace(world, template, "ws");
    const first = await acquire(one);
    await first.claim(backend(1));
    await first.fail();
    const second = await begin(world, one, id, "start");
    await second.apply();
    await second.fail();
    const otherId = await newWorkspace(world, template, "other");
    const other = await acquire(one);
    await other.claim(backend(1));
    await other.apply();
    await other.complete();
    const forgetful = await begin(world, one, otherId, "start");
    await expect(forgetful.claim({ type: "local" })).rejects.toThrow("Terraform would forget what they created");
  });

  test("a backend to which the state was moved takes the place of the other, which becomes free, and the log says so", async () => {
    const { world, one, template } = await open();
    const id = await newWorkspace(world, template, "ws");
    const first = await acquire(one);
    await first.claim(backend(1));
    await first.apply();
    await first.claim(backend(1, { resources: 1n, lineage: "l" }));
    await first.complete();
    const empty = await begin(world, one, id, "start");
    await expect(empty.claim(backend(2))).rejects.toThrow(
      "holds no resources, because earlier builds of this workspace kept their state in",
    );
    await empty.fail();
    const second = await begin(world, one, id, "start");
    await second.claim(backend(2, { resources: 1n, lineage: "l" }));
    const logs = await world.asOwner.jobs.logs(JobId.parse(second.jobId));
    expect(logs.map(({ output }) => output)).toEqual([
      expect.stringContaining('main.tf line 2: the backend "http" is another one than the backend "http" (main.tf line 1)'),
    ]);
    await newWorkspace(world, template, "other");
    await (await acquire(one)).claim(backend(1));
  });
}
