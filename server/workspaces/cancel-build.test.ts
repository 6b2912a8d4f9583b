import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { ForbiddenError, JobNotCancellableError, NotFoundError } from "../errors.ts";
import { updateTemplate } from "../templates/update-template.ts";
import { cancelBuild } from "./cancel-build.ts";
import { createBuild } from "./create-build.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  const { workspace, build: first } = await storedWorkspace(world, { access, ownerId: user.id, template });
  const build = await createBuild(access, { workspaceId: workspace.id, transition: "stop" });
  const run = () =>
    world.core.db.updateTable("provisioner_jobs").set({ started_at: world.core.now() }).where("id", "=", build.job.id).execute();
  return { world, template, user, access, first, build, run };
}

test("a waiting build is stopped at once, if it still waits when that is what was meant", async () => {
  const { access, build } = await open();
  expect(await cancelBuild(access, build.id, "running")).toBe("status_differs");
  expect(await cancelBuild(access, build.id, "pending")).toBe("canceled");
  await expect(cancelBuild(access, build.id, undefined)).rejects.toThrow(JobNotCancellableError);
});

test("a running one only where the template lets its users, or by who may change the template", async () => {
  const { world, template, access, build, run } = await open();
  await updateTemplate(world.owner.access, template.id, { allow_user_cancel_workspace_jobs: false });
  await run();
  expect(await cancelBuild(access, build.id, undefined)).toBe("forbidden_by_template");
  expect(await cancelBuild(world.owner.access, build.id, "running")).toBe("canceled");
});

test("a running one of an obliging template by whoever may begin it, and one that is over by nobody", async () => {
  const { world, template, access, build, first, run } = await open();
  await updateTemplate(world.owner.access, template.id, { allow_user_cancel_workspace_jobs: true });
  await run();
  expect(await cancelBuild(access, build.id, undefined)).toBe("canceled");
  await expect(cancelBuild(access, first.id, undefined)).rejects.toThrow(JobNotCancellableError);
});

test("who may only look is refused openly, and a stranger finds nothing", async () => {
  const { world, user, build } = await open();
  const looking = await world.accessOf(user.id, { scopes: ["workspace:read"] });
  await expect(cancelBuild(looking, build.id, undefined)).rejects.toThrow(ForbiddenError);
  const stranger = await world.person("mona");
  await expect(cancelBuild(stranger.access, build.id, undefined)).rejects.toThrow(NotFoundError);
});
