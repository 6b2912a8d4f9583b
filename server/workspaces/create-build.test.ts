import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { textOf } from "#test/contracts/state-text.ts";
import { endJob, importedVersion, storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { BuildActiveError, ForbiddenError, InvalidInputError, NotFoundError } from "../errors.ts";
import { WorkspaceId } from "../ids.ts";
import { activateVersion } from "../templates/activate-version.ts";
import { updateTemplate } from "../templates/update-template.ts";
import { createBuild } from "./create-build.ts";
import { getBuildState } from "./read-build-state.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  const { workspace } = await storedWorkspace(world, { access, ownerId: user.id, template });
  await world.entries();
  return { world, template, user, access, owner: world.owner.access, id: workspace.id };
}

test("builds are numbered, keep their version, and each is entered as what it does", async () => {
  const { world, template, access, id } = await open();
  const stop = await createBuild(access, { workspaceId: id, transition: "stop", reason: "cli" });
  expect(stop).toMatchObject({ build_number: 2, transition: "stop", reason: "cli", template_version_id: template.active_version_id });
  await endJob(world, stop.job.id);
  expect((await createBuild(access, { workspaceId: id, transition: "start" })).build_number).toBe(3);
  expect((await world.entries()).map(({ action, resource_type }) => `${action} ${resource_type}`)).toEqual([
    "stop workspace_build",
    "start workspace_build",
  ]);
});

test("there is one at a time, and a failed one is over", async () => {
  const { world, access, id } = await open();
  const first = await createBuild(access, { workspaceId: id, transition: "stop" });
  await expect(createBuild(access, { workspaceId: id, transition: "start" })).rejects.toThrow(BuildActiveError);
  await endJob(world, first.job.id, "no money");
  await expect(createBuild(access, { workspaceId: id, transition: "start" })).resolves.toMatchObject({ build_number: 3 });
});

describe("the version", () => {
  test("is the last build's, unless another is named, also after the template has a newer one", async () => {
    const { world, template, access, owner, id } = await open();
    const newer = await importedVersion(world, { templateId: template.id });
    await activateVersion(owner, template.id, newer.id);
    const stop = await createBuild(access, { workspaceId: id, transition: "stop" });
    expect(stop.template_version_id).toBe(template.active_version_id);
    await endJob(world, stop.job.id);
    const start = await createBuild(access, { workspaceId: id, transition: "start", templateVersionId: newer.id });
    expect(start.template_version_id).toBe(newer.id);
  });

  test("must be the active one where the template says so, but for who may change the template", async () => {
    const { world, template, access, owner, id } = await open();
    const newer = await importedVersion(world, { templateId: template.id });
    await activateVersion(owner, template.id, newer.id);
    await updateTemplate(owner, template.id, { require_active_version: true });
    const old = { workspaceId: id, transition: "start", templateVersionId: template.active_version_id } as const;
    await expect(createBuild(access, old)).rejects.toThrow(InvalidInputError);
    const start = await createBuild(access, { workspaceId: id, transition: "start" });
    expect(start.template_version_id).toBe(newer.id);
    await endJob(world, start.job.id);
    expect((await createBuild(owner, old)).template_version_id).toBe(template.active_version_id);
  });

  test("of another template is wrong", async () => {
    const { world, access, id } = await open();
    const other = await storedTemplate(world, { name: "other" });
    const build = { workspaceId: id, transition: "start", templateVersionId: other.active_version_id } as const;
    await expect(createBuild(access, build)).rejects.toThrow(InvalidInputError);
  });
});

describe("a state of one's own, and a log level,", () => {
  test("are for who may change the template", async () => {
    const { access, id } = await open();
    const build = { workspaceId: id, transition: "stop" } as const;
    await expect(createBuild(access, { ...build, state: Buffer.from("{}") })).rejects.toThrow(ForbiddenError);
    await expect(createBuild(access, { ...build, logLevel: "debug" })).rejects.toThrow(InvalidInputError);
  });

  test("are taken from that: a state replaces the last one, and a delete that destroys nothing keeps it until it has ended", async () => {
    const { world, owner, id } = await open();
    const made = await createBuild(owner, { workspaceId: id, transition: "stop", state: Buffer.from("{}"), logLevel: "debug" });
    expect(await textOf(await getBuildState(owner, made.id))).toBe("{}");
    await endJob(world, made.job.id);
    const kept = await createBuild(owner, { workspaceId: id, transition: "start" });
    expect(await textOf(await getBuildState(owner, kept.id))).toBe("{}");
    await endJob(world, kept.job.id);
    const orphan = await createBuild(owner, { workspaceId: id, transition: "delete", state: new Uint8Array(0) });
    expect(await textOf(await getBuildState(owner, orphan.id))).toBe("{}");
    const [first] = await world.entries();
    expect(first?.diff.state_id).toEqual({ new: expect.stringMatching(/^[0-9a-f-]{36}$/), secret: false });
  });
});

test("each transition needs its own right, and a workspace that is hidden, deleted or not there is missing", async () => {
  const { world, user, id, owner } = await open();
  const starter = await world.accessOf(user.id, { scopes: ["workspace:read", "workspace:start", "template:read"] });
  for (const transition of ["stop", "delete"] as const)
    await expect(createBuild(starter, { workspaceId: id, transition }), transition).rejects.toThrow(ForbiddenError);
  expect((await createBuild(starter, { workspaceId: id, transition: "start" })).initiator_username).toBe("milo");
  const stranger = await world.person("mona");
  const missing = WorkspaceId.parse("5ca1ab1e-0000-4000-8000-000000000000");
  await expect(createBuild(stranger.access, { workspaceId: id, transition: "stop" })).rejects.toThrow(NotFoundError);
  await expect(createBuild(owner, { workspaceId: missing, transition: "stop" })).rejects.toThrow(NotFoundError);
  await world.core.db.updateTable("workspaces").set({ deleted: true }).execute();
  await expect(createBuild(owner, { workspaceId: id, transition: "stop" })).rejects.toThrow(NotFoundError);
});

test("a build that a token asked for remembers the token, and one of a session none", async () => {
  const { world, user, access, id } = await open();
  const token = await world.keyHolder(user.id, { loginType: "token", tokenName: "ci" });
  const made = await createBuild(token.access, { workspaceId: id, transition: "stop" });
  expect(made.initiator_key_id).toBe(token.key.id);
  await endJob(world, made.job.id);
  expect((await createBuild(access, { workspaceId: id, transition: "start" })).initiator_key_id).toBeNull();
});
