import { expect, test } from "vitest";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { formatSecret, redactSecrets } from "#credentials/secret.ts";
import { StatusError } from "#proto/status.ts";
import {
  BuildActiveError,
  InUseError,
  InvalidInputError,
  JobNotCompletedError,
  NameTakenError,
  NotFoundError,
  OwnsWorkspacesError,
} from "#server/errors.ts";
import { serveDaemons } from "./daemon.ts";
import type { NewDatabase } from "./databases.ts";
import { textOf } from "./state-text.ts";
import { build, complete, machine, makeTemplate, pushVersion, tokenAgent } from "./template.ts";
import { openWorld } from "./world.ts";

/** From a template's import to agents that may call: what the store and the daemon service do together. */
export function buildsContract(newDatabase: NewDatabase): void {
  const open = async (leaseMs?: number) => {
    const world = await openWorld(newDatabase);
    const served = await serveDaemons(world, leaseMs === undefined ? {} : { leaseMs });
    return { ...world, ...served, world, one: served.daemon() };
  };

  test("an import stores what the daemon found, and only then a template can be made of it", async () => {
    const { world, one, asOwner, organizationId } = await open();
    const version = await pushVersion(world, {
      name: "v1",
      userVariableValues: [{ name: "region", value: "north-secret" }],
    });
    expect(version.job).toMatchObject({ job_status: "pending", queue_position: 1, queue_size: 1, template_version_name: "v1" });
    await expect(asOwner.templates.create({ organizationId, versionId: version.id, name: "dev" })).rejects.toThrow(JobNotCompletedError);

    const job = await one.acquire();
    expect(job).toMatchObject({ jobId: version.job.id, userName: "olive", provisioner: "terraform", leaseMs: 45_000n });
    expect(Buffer.from(job?.templateSourceArchive ?? []).toString()).toBe("a tar archive");
    expect(job?.type.value).toMatchObject({
      metadata: { coderUrl: "https://proviso.example.test", templateVersionId: version.id },
      userVariableValues: [{ name: "region", value: "north-secret", sensitive: true }],
    });
    const update = await one.client.updateJob(
      {
        jobId: version.job.id,
        templateVariables: [
          { name: "region", type: "string", sensitive: true },
          { name: "size", type: "string", defaultValue: "small" },
        ],
        userVariableValues: [{ name: "region", value: "north-secret" }],
        readme: Buffer.from("# Dev"),
        workspaceTags: { zone: '"a"' },
      },
      one.options,
    );
    expect(update.variableValues).toMatchObject([
      // Terraform has the default of the other one.
      { name: "region", value: "north-secret", sensitive: true },
    ]);
    await one.client.completeJob(
      {
        jobId: version.job.id,
        type: {
          case: "templateImport",
          value: {
            startResources: [machine(tokenAgent("main", "no_user_data"))],
            stopResources: [{ name: "disk", type: "null_resource", dailyCost: 2 }],
            richParameters: [{ name: "cpus", type: "number", defaultValue: "2", validationMin: 1, options: [{ name: "One", value: "1" }] }],
            presets: [{ name: "big", parameters: [{ name: "cpus", value: "8" }], prebuild: { instances: 0 } }],
            externalAuthProviders: [{ id: "git", optional: true }],
            plan: Buffer.from("{}"),
            moduleFiles: Buffer.from("modules"),
          },
        },
      },
      one.options,
    );

    const done = await asOwner.templateVersions.get(version.id);
    expect(done).toMatchObject({ readme: "# Dev", external_auth_providers: [{ id: "git", optional: true }], template_id: null });
    expect(done.job).toMatchObject({ job_status: "succeeded", worker_name: "daemon-1", queue_position: 0 });
    expect(await asOwner.templateVersions.variables(version.id)).toMatchObject([{ value: "north-secret" }, { value: "small" }]);
    expect(await asOwner.templateVersions.parameters(version.id)).toMatchObject([
      { name: "cpus", validation_min: 1, validation_max: null, options: [{ name: "One", value: "1" }] },
    ]);
    expect(await asOwner.templateVersions.presets(version.id)).toMatchObject([{ name: "big", parameters: [{ name: "cpus", value: "8" }] }]);
    expect(await asOwner.resources.ofJob(version.job.id)).toMatchObject([
      { transition: "start", agents: [{ name: "main", api_key_scope: "no_user_data" }] },
      { transition: "stop", daily_cost: 2, agents: [] },
    ]);
    const template = await asOwner.templates.create({ organizationId, versionId: version.id, name: "dev" });
    expect(template).toMatchObject({ name: "dev", active_version_id: version.id, created_by_username: "olive", deleted: false });
    expect((await asOwner.templateVersions.getByName(template.id, "V1")).id).toBe(version.id);
    await expect(pushVersion(world, { name: "V1", templateId: template.id })).rejects.toThrow(NameTakenError);
  });

  test("an import whose required variables have no value fails with their names, and they can be seen", async () => {
    const { world, one, asOwner } = await open();
    const version = await pushVersion(world);
    await one.acquire();
    const update = one.client.updateJob(
      { jobId: version.job.id, templateVariables: [{ name: "token", required: true }, { name: "other" }] },
      one.options,
    );
    await expect(update).rejects.toThrow("required template variables need values: token");
    await one.client.failJob({ jobId: version.job.id, error: "x", errorCode: "REQUIRED_TEMPLATE_VARIABLES" }, one.options);
    expect((await asOwner.templateVersions.variables(version.id)).map(({ name }) => name)).toEqual(["other", "token"]);
    expect((await asOwner.jobs.get(version.job.id)).error_code).toBe("REQUIRED_TEMPLATE_VARIABLES");
  });

  for (const { what, resources, message } of [
    {
      what: "an unknown api_key_scope",
      resources: [machine(tokenAgent("fine"), tokenAgent("assistant", "read_only"))],
      message: /agent "assistant" has the unknown api_key_scope "read_only"/,
    },
    {
      what: "two agents of one name",
      resources: [machine(tokenAgent("main")), { ...machine(tokenAgent("MAIN")), name: "second" }],
      message: /two agents are named "MAIN": one in null_resource.machine and one in null_resource.second/,
    },
    {
      what: "an underscore in an agent's name",
      resources: [machine(tokenAgent("my_agent"))],
      message: /"my_agent" is not a valid agent name/,
    },
    { what: "an agent without a name", resources: [machine(tokenAgent(""))], message: /an agent in null_resource.machine has no name/ },
    {
      what: "a token in an unknown format",
      resources: [machine({ ...tokenAgent("main"), auth: { case: "token" as const, value: "3f2b0d4e-plain" } })],
      message: /agent "main" reported a token in an unknown format/,
    },
    {
      what: "an app slug twice",
      resources: [machine({ ...tokenAgent("main"), apps: [{ slug: "web" }, { slug: "web" }] })],
      message: /two apps in agent "main" have the slug "web"/,
    },
    {
      what: "an environment variable twice where that is an error",
      resources: [
        machine({
          ...tokenAgent("main"),
          extraEnvs: [
            { name: "A", value: "1" },
            { name: "A", value: "2", mergeStrategy: "error" },
          ],
        }),
      ],
      message: /agent "main" sets the variable "A" twice/,
    },
  ]) {
    test(`a build with ${what} fails with a message that says so; its state is kept, and no agent row`, async () => {
      const { world, one, asOwner, owner, store } = await open();
      const template = await makeTemplate(world, one);
      const { build: made } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
      const refused = await complete(one, { state: "what Terraform made", resources }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(StatusError);
      expect(refused).toMatchObject({ code: "FAILED_PRECONDITION", message: expect.stringMatching(message) });
      // As daemons do after a refused completion; it changes nothing.
      await one.client.failJob({ jobId: made.job.id, error: "internal", type: { case: "workspaceBuild", value: {} } }, one.options);
      const failed = await asOwner.jobs.get(made.job.id);
      expect(failed.job_status).toBe("failed");
      expect(failed.error).toMatch(message);
      expect(await textOf(await asOwner.builds.state(made.id))).toBe("what Terraform made");
      expect(await asOwner.resources.ofJob(made.job.id)).toEqual([]);
      expect(await store.system.core.db.selectFrom("workspace_agents").select("id").execute()).toEqual([]);
    });
  }

  test("an agent's token works from the end of its build until the next build begins, and only the right one", async () => {
    const { world, one, asOwner, owner, store, organizationId } = await open();
    const template = await makeTemplate(world, one);
    const agents = [machine(tokenAgent("all"), tokenAgent("assistant", "no_user_data"))];
    const { workspace } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    const job = await one.acquire();
    if (job?.type.case !== "workspaceBuild") throw new Error("no build");
    const { agentTokenSecret } = job.type.value;
    expect(agentTokenSecret).toHaveLength(32);
    const [token, other] = ["all", "assistant"].map((name) => deriveAgentToken(agentTokenSecret, `terraform-id-of-${name}`));
    if (token === undefined || other === undefined) throw new Error("no token");
    const { authentication } = store.system;
    expect(await authentication.withAgentToken(token)).toBeUndefined();
    await one.client.completeJob(
      { jobId: job.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from("s1"), resources: agents } } },
      one.options,
    );

    const authenticated = await authentication.withAgentToken(token);
    expect(authenticated).toMatchObject({
      agent: { name: "all", api_key_scope: "all" },
      workspace: { id: workspace.id },
      build: { build_number: 1, transition: "start" },
      owner: { id: owner.id },
      roles: { site: ["owner"], organizations: [{ organizationId, roles: [] }] },
    });
    expect(authenticated?.agent).not.toHaveProperty("auth_token_hash");
    expect((await authentication.withAgentToken(other))?.agent).toMatchObject({ name: "assistant", api_key_scope: "no_user_data" });
    for (const wrong of ["", "x", formatSecret("agent"), formatSecret("session"), token.slice(0, -1), `${token} `])
      expect(await authentication.withAgentToken(wrong)).toBeUndefined();
    const rows = await store.system.core.db.selectFrom("workspace_builds").select("agent_token_secret").execute();
    expect(rows).toEqual([{ agent_token_secret: null }]);

    const stop = await asOwner.builds.create({ workspaceId: workspace.id, transition: "stop" });
    expect(await authentication.withAgentToken(token)).toBeUndefined();
    const stopped = await complete(one, { state: "s2" });
    expect(stopped.build.workspaceBuildId).toBe(stop.id);
    expect(Buffer.from(stopped.build.state).toString()).toBe("s1");
    expect(await authentication.withAgentToken(token)).toBeUndefined();

    const again = await build(world, one, workspace.id, "start", { state: "s3", resources: agents });
    expect(again.build.build_number).toBe(3);
    expect(await authentication.withAgentToken(token)).toBeUndefined();
    const next = deriveAgentToken(again.secret, "terraform-id-of-all");
    expect((await authentication.withAgentToken(next))?.build.build_number).toBe(3);
    const setStatus = (status: "active" | "suspended") =>
      store.system.core.db.updateTable("users").set({ status }).where("id", "=", owner.id).execute();
    await setStatus("suspended");
    expect(await authentication.withAgentToken(next)).toBeUndefined();
    await setStatus("active");

    await build(world, one, workspace.id, "delete", { state: "" });
    expect(await authentication.withAgentToken(next)).toBeUndefined();
    expect((await asOwner.workspaces.get(workspace.id)).deleted).toBe(true);
    expect((await asOwner.workspaces.list()).workspaces).toEqual([]);
    await expect(asOwner.builds.create({ workspaceId: workspace.id, transition: "start" })).rejects.toThrow(NotFoundError);
  });

  test("a token that the daemon reports itself is taken by its hash, a failed start gives none, and no scope means all", async () => {
    const { world, one, asOwner, owner, store } = await open();
    const template = await makeTemplate(world, one);
    const { workspace } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters: [] });
    const token = formatSecret("agent");
    await complete(one, { resources: [machine({ ...tokenAgent("main", ""), auth: { case: "token", value: token } })] });
    expect((await store.system.authentication.withAgentToken(token))?.agent.api_key_scope).toBe("all");
    const failing = await asOwner.builds.create({ workspaceId: workspace.id, transition: "start" });
    await one.acquire();
    await one.client.failJob({ jobId: failing.job.id, error: "no", type: { case: "workspaceBuild", value: {} } }, one.options);
    expect(await store.system.authentication.withAgentToken(token)).toBeUndefined();
  });

  test("a token is one agent's for good: whoever reports it again gets a failed build, and the first stays who it is", async () => {
    const { world, one, asOwner, owner, store } = await open();
    const template = await makeTemplate(world, one);
    const token = formatSecret("agent");
    const resources = [machine({ ...tokenAgent("main"), auth: { case: "token" as const, value: token } })];
    const newWorkspace = (name: string) => asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name, parameters: [] });
    const { workspace } = await newWorkspace("first");
    await complete(one, { resources });
    await newWorkspace("second");
    await expect(complete(one, { resources })).rejects.toThrow(`agent "main" reported a token that belongs or belonged to another agent`);
    expect((await store.system.authentication.withAgentToken(token))?.workspace.id).toBe(workspace.id);
  });

  test("a build carries what its template needs, and stopping ends the owner's session token", async () => {
    const { world, one, asOwner, owner, store } = await open();
    const template = await makeTemplate(world, one, {
      richParameters: [
        { name: "cpus", type: "number", defaultValue: "2", mutable: true },
        { name: "once", type: "string", defaultValue: "x", ephemeral: true, mutable: true },
      ],
      externalAuthProviders: [{ id: "git" }],
    });
    await asOwner.externalAuthLinks.put({
      provider_id: "git",
      user_id: owner.id,
      access_token: "git-token",
      refresh_token: undefined,
      expires_at: undefined,
      extra: undefined,
    });
    const parameters = [
      { name: "cpus", value: "4" },
      { name: "once", value: "y" },
    ];
    const { workspace } = await asOwner.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "ws", parameters });
    const first = await complete(one);
    expect(first.build).toMatchObject({
      workspaceName: "ws",
      richParameterValues: parameters,
      previousParameterValues: [],
      externalAuthProviders: [{ id: "git", accessToken: "git-token" }],
      metadata: {
        workspaceTransition: 0,
        workspaceOwner: "olive",
        workspaceOwnerEmail: "Olive@Example.test",
        workspaceOwnerGroups: ["Everyone"],
        templateName: "dev",
        workspaceId: workspace.id,
      },
    });
    expect(first.build.metadata?.workspaceOwnerRbacRoles.map(({ name }) => name)).toEqual(["member", "owner", "organization-member"]);
    expect(first.build.metadata?.workspaceOwnerSshPrivateKey).toContain("OPENSSH PRIVATE KEY");
    const session = first.build.metadata?.workspaceOwnerSessionToken ?? "";
    expect((await store.system.authentication.withApiKey(session, { ipAddress: "" }))?.user.id).toBe(owner.id);
    expect(redactSecrets(session)).not.toBe(session);

    await asOwner.builds.create({ workspaceId: workspace.id, transition: "stop" });
    const second = await complete(one);
    expect(second.build.metadata?.workspaceOwnerSessionToken).toBe("");
    expect(second.build.richParameterValues).toEqual(expect.arrayContaining([expect.objectContaining({ name: "once", value: "x" })]));
    expect(second.build.previousParameterValues).toMatchObject(parameters);
    expect(await store.system.authentication.withApiKey(session, { ipAddress: "" })).toBeUndefined();
  });

  test("a workspace has one build at a time, wrong parameters are named, and what is used cannot be deleted", async () => {
    const { world, one, asOwner, owner, store } = await open();
    const template = await makeTemplate(world, one, {
      richParameters: [{ name: "size", type: "string", required: true, options: [{ value: "s" }, { value: "l" }] }],
    });
    const workspace = { ownerId: owner.id, templateId: template.id, name: "ws" } as const;
    const wrong = await asOwner.workspaces
      .create({
        ...workspace,
        parameters: [
          { name: "size", value: "m" },
          { name: "colour", value: "red" },
        ],
      })
      .catch((error: unknown) => error);
    expect(wrong).toBeInstanceOf(InvalidInputError);
    expect(wrong).toMatchObject({ fields: [{ field: "colour" }, { field: "size", detail: "must be one of: s, l" }] });
    expect((await asOwner.workspaces.list()).count).toBe(0);

    const parameters = [{ name: "size", value: "s" }];
    const { workspace: made } = await asOwner.workspaces.create({ ...workspace, parameters });
    await expect(asOwner.workspaces.create({ ...workspace, name: "WS", parameters })).rejects.toThrow(NameTakenError);
    await expect(asOwner.builds.create({ workspaceId: made.id, transition: "stop" })).rejects.toThrow(BuildActiveError);
    await complete(one);
    const stop = { workspaceId: made.id, transition: "stop" } as const;
    const both = await Promise.allSettled([asOwner.builds.create(stop), asOwner.builds.create(stop)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((one) => one.status === "rejected")?.reason).toBeInstanceOf(BuildActiveError);
    await expect(asOwner.templates.delete(template.id)).rejects.toThrow(InUseError);
    await expect(store.system.users.delete(owner.id)).rejects.toThrow(OwnsWorkspacesError);
    expect((await asOwner.builds.list(made.id)).map(({ build_number }) => build_number)).toEqual([2, 1]);
    expect((await asOwner.builds.latestOf([made.id])).get(made.id)?.build_number).toBe(2);
  });

  test("members use templates that everyone may use, and see only their own workspaces", async () => {
    const { world, one, asOwner, owner, member } = await open();
    const template = await makeTemplate(world, one);
    const [milo, mona] = [await member("milo"), await member("mona")];
    expect((await milo.view.templates.list()).map(({ name }) => name)).toEqual(["dev"]);
    const made = await milo.view.workspaces.create({ ownerId: milo.user.id, templateId: template.id, name: "ws", parameters: [] });
    const { build: done } = await complete(one, { resources: [machine(tokenAgent("main"))] });
    expect(done.workspaceName).toBe("ws");
    await expect(mona.view.workspaces.get(made.workspace.id)).rejects.toThrow(NotFoundError);
    await expect(mona.view.jobs.logs(made.build.job.id)).rejects.toThrow(NotFoundError);
    await expect(mona.view.builds.get(made.build.id)).rejects.toThrow(NotFoundError);
    expect(await mona.view.resources.ofJobs([made.build.job.id])).toEqual(new Map());
    expect((await milo.view.resources.ofJob(made.build.job.id))[0]?.agents.map(({ name }) => name)).toEqual(["main"]);
    await expect(milo.view.builds.state(made.build.id)).rejects.toMatchObject({ code: "forbidden" });
    const traced = { workspaceId: made.workspace.id, transition: "start", logLevel: "debug" } as const;
    await expect(milo.view.builds.create(traced)).rejects.toMatchObject({ fields: [{ field: "log_level" }] });
    await expect(milo.view.builds.create({ ...traced, state: Buffer.from("{}") })).rejects.toMatchObject({ code: "forbidden" });
    const hidden = await pushVersion(world, { name: "secret-project" });
    const ofHidden = { workspaceId: made.workspace.id, transition: "start", templateVersionId: hidden.id } as const;
    await expect(milo.view.builds.create(ofHidden)).rejects.toMatchObject({ code: "not_found" });
    await expect(asOwner.builds.create({ ...ofHidden })).rejects.toMatchObject({ fields: [{ field: "template_version_id" }] });
    await expect(milo.view.templates.update(template.id, { description: "mine" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(
      milo.view.workspaces.create({ ownerId: owner.id, templateId: template.id, name: "theirs", parameters: [] }),
    ).rejects.toMatchObject({ code: "forbidden" });
    expect((await asOwner.workspaces.list({ ownerId: milo.user.id })).count).toBe(1);

    await asOwner.templates.update(template.id, { group_acl: {} });
    expect(await mona.view.templates.list()).toEqual([]);
    await expect(mona.view.templates.get(template.id)).rejects.toThrow(NotFoundError);
  });
}
