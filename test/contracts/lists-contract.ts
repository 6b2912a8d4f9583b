import fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "#authz/decide.ts";
import {
  type AuthzObject,
  apiKeyObject,
  fileObject,
  organizationObject,
  provisionerDaemonObject,
  provisionerJobObject,
  templateObject,
  userObject,
} from "#authz/object.ts";
import { matches, type Predicate } from "#authz/predicate.ts";
import { RESOURCE_ACTIONS } from "#authz/resource-types.ts";
import type { Subject } from "#authz/subject.ts";
import { createGuard } from "#server/access/guard.ts";
import { templateObjectOf, workspaceObjectOf } from "#server/access/objects.ts";
import { permitted, permittedVersions, permittedWorkspaces } from "#server/access/permitted-rows.ts";
import { predicateSql } from "#server/database/predicate-sql.ts";
import type { NewDatabase } from "./databases.ts";
import { type Population, populate } from "./population.ts";
import type { StoreView } from "./store-view.ts";
import { subjectsOf } from "./subjects.ts";
import { openWorld, type World } from "./world.ts";

const RUNS = 150;

/** A row's id, and the object that it is checked as. */
type Candidate = readonly [id: string, object: AuthzObject];

interface List {
  readonly name: string;
  /** All there is. */
  readonly candidates: readonly Candidate[];
  shown(view: StoreView): Promise<readonly string[]>;
}

/** The decision about one object, and the condition in SQL that a list leaves rows out by, are the same decision. */
export function listsContract(newDatabase: NewDatabase): void {
  test("every list shows what decide allows, row by row", async () => {
    const world = await openWorld(newDatabase);
    const population = await populate(world);
    const lists = await listsOf(world, population);
    const partly = new Set<string>();
    const property = fc.asyncProperty(subjectsOf(population), async (subject) => {
      const view = world.store.as(subject);
      for (const { name, candidates, shown } of lists) {
        const allowed = allowedOf(subject, "read", candidates);
        expect([...(await shown(view))].sort(), name).toEqual(allowed);
        if (allowed.length > 0 && allowed.length < candidates.length) partly.add(name);
      }
    });
    await fc.assert(property, { numRuns: RUNS });
    // Else the property would say little: all or nothing is easy to get right.
    expect([...partly].sort()).toEqual(lists.map(({ name }) => name).sort());
  });

  test("pages and counts of a list are those of what may be shown", async () => {
    const world = await openWorld(newDatabase);
    const population = await populate(world);
    const [template] = population.templates;
    const [workspace] = population.workspaces;
    if (template === undefined || workspace === undefined) throw new Error("an empty population");
    const property = fc.asyncProperty(subjectsOf(population), fc.nat({ max: 5 }), fc.nat({ max: 4 }), async (subject, limit, offset) => {
      const { workspaces, templateVersions, builds } = world.store.as(subject);
      const cut = <T>(all: readonly T[]): T[] => all.slice(offset, limit === 0 ? undefined : offset + limit);
      const all = await workspaces.list();
      expect(all.count).toBe(all.workspaces.length);
      expect(await workspaces.list({ limit, offset })).toEqual({ workspaces: cut(all.workspaces), count: all.count });
      const versions = await templateVersions.list(template.id);
      expect(await templateVersions.list(template.id, { limit, offset })).toEqual(cut(versions));
      const any = population.versions.find(({ template_id }) => template_id === template.id);
      const afterId = versions[0]?.id ?? any?.id;
      const behind = templateVersions.list(template.id, afterId && { afterId });
      if (versions.length > 0) expect(await behind).toEqual(versions.slice(1));
      else await expect(behind).rejects.toMatchObject({ code: "invalid_input" });
      expect(await builds.list(workspace.id, { limit, offset })).toEqual(cut(await builds.list(workspace.id)));
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test("any action on any listed type, and what no list shows, are decided in SQL as by decide", async () => {
    const world = await openWorld(newDatabase);
    const population = await populate(world);
    const { db, dialect } = world.store.system.core;
    const { workspaces, versions, templates } = population;
    const workspaceRows = workspaces.map((row): Candidate => [row.id, workspaceObjectOf(row)]);
    const templateOf = new Map(templates.map((row) => [row.id, row]));
    const versionRows = versions.map((row): Candidate => [row.id, versionObject(row, templateOf)]);
    const fileRows = (await db.selectFrom("files").select(["id", "created_by"]).execute()).map(
      ({ id, created_by }): Candidate => [id, fileObject({ id, createdBy: created_by ?? "" })],
    );
    const property = fc.asyncProperty(
      subjectsOf(population),
      fc.constantFrom(...RESOURCE_ACTIONS.workspace),
      fc.constantFrom(...RESOURCE_ACTIONS.template),
      async (subject, action, templateAction) => {
        const context = { dialect, guard: createGuard(subject) };
        const seenWorkspaces = await db
          .selectFrom("workspaces as workspace")
          .select("id")
          .where(permittedWorkspaces(context, action))
          .execute();
        expect(sortedIds(seenWorkspaces)).toEqual(allowedOf(subject, action, workspaceRows));
        const seenVersions = await db
          .selectFrom("template_versions as version")
          .leftJoin("templates as template", "template.id", "version.template_id")
          .select("version.id")
          .where(permittedVersions(context, templateAction))
          .execute();
        expect(sortedIds(seenVersions)).toEqual(allowedOf(subject, templateAction, versionRows));
        const columns = { id: "files.id", ownerId: "files.created_by" };
        const seenFiles = await db
          .selectFrom("files")
          .select("id")
          .where(permitted(context, "read", "file", columns))
          .execute();
        expect(sortedIds(seenFiles)).toEqual(allowedOf(subject, "read", fileRows));
      },
    );
    await fc.assert(property, { numRuns: RUNS });
  });

  test("a predicate of any shape means the same in SQL, also where a row has no template, no owner or no organization", async () => {
    const world = await openWorld(newDatabase);
    const population = await populate(world);
    const { db, dialect } = world.store.system.core;
    const { users, organizations, versions, templates, workspaces } = population;
    const templateOf = new Map(templates.map((row) => [row.id, row]));
    const ids = fc.constantFrom<string[]>(...users, ...organizations, ...templates.map(({ id }) => id), "", "none", "' or true --");
    const some = fc.array(ids, { maxLength: 3 });
    const { predicate } = fc.letrec<{ predicate: Predicate }>((tie) => ({
      predicate: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<Predicate>({ kind: "all" }, { kind: "none" }, { kind: "no_organization" }),
        fc.record({ kind: fc.constant("id_in" as const), ids: some }),
        fc.record({ kind: fc.constant("owner_is" as const), id: ids }),
        fc.record({ kind: fc.constant("organization_in" as const), ids: some }),
        fc.record({
          kind: fc.constant("shared_with" as const),
          userId: ids,
          groups: some,
          action: fc.constantFrom("read", "use"),
          organizations: some,
        }),
        fc.record({ kind: fc.constantFrom("and", "or"), of: fc.array(tie("predicate"), { maxLength: 3 }) }),
        fc.record({ kind: fc.constant("not" as const), of: tie("predicate") }),
      ),
    }));
    const versionRows = versions.map((row): Candidate => [row.id, versionObject(row, templateOf)]);
    const workspaceRows = workspaces.map((row): Candidate => [row.id, workspaceObjectOf({ ...row, dormant_at: null })]);
    const fileRows = (await db.selectFrom("files").select(["id", "created_by"]).execute()).map(
      ({ id, created_by }): Candidate => [id, { type: "file", id, ownerId: created_by ?? undefined }],
    );
    const matching = (part: Predicate, rows: readonly Candidate[]) => rows.filter(([, object]) => matches(part, object)).map(([id]) => id);
    const property = fc.asyncProperty(predicate, async (part) => {
      const template = { userAcl: "template.user_acl", groupAcl: "template.group_acl" };
      const seenVersions = await db
        .selectFrom("template_versions as version")
        .leftJoin("templates as template", "template.id", "version.template_id")
        .select("version.id")
        .where(predicateSql(dialect, part, { id: "template.id", organizationId: "version.organization_id", ...template }))
        .execute();
      expect(sortedIds(seenVersions)).toEqual(matching(part, versionRows).sort());
      const workspace = {
        id: "w.id",
        ownerId: "w.owner_id",
        organizationId: "w.organization_id",
        userAcl: "w.user_acl",
        groupAcl: "w.group_acl",
      };
      const seenWorkspaces = await db
        .selectFrom("workspaces as w")
        .select("id")
        .where(predicateSql(dialect, part, workspace))
        .execute();
      expect(sortedIds(seenWorkspaces)).toEqual(matching(part, workspaceRows).sort());
      const file = { id: "files.id", ownerId: "files.created_by" };
      expect(
        sortedIds(
          await db
            .selectFrom("files")
            .select("id")
            .where(predicateSql(dialect, part, file))
            .execute(),
        ),
      ).toEqual(matching(part, fileRows).sort());
    });
    await fc.assert(property, { numRuns: RUNS });
  });
}

async function listsOf({ store }: World, { workspaces, templates, versions, jobs, organizations }: Population): Promise<List[]> {
  const { db } = store.system.core;
  const templateOf = new Map(templates.map((row) => [row.id, row]));
  const workspaceOf = new Map(workspaces.map((row) => [row.id, row]));
  const builds = await db.selectFrom("workspace_builds").select(["id", "workspace_id", "job_id"]).execute();
  const workspaceObjects = workspaces.map((row): Candidate => [row.id, workspaceObjectOf(row)]);
  const jobObjects = jobs.map((job): Candidate => {
    const build = builds.find(({ job_id }) => job_id === job.id);
    const workspace = build && workspaceOf.get(build.workspace_id);
    const version = versions.find(({ job_id }) => job_id === job.id);
    if (workspace !== undefined) return [job.id, workspaceObjectOf(workspace)];
    return [
      job.id,
      version === undefined ? provisionerJobObject({ organizationId: job.organization_id }) : versionObject(version, templateOf),
    ];
  });
  const daemonsOf = (rows: readonly { readonly id: string; readonly organization_id: string | null }[]) =>
    rows.map(({ id, organization_id }): Candidate => [id, provisionerDaemonObject({ id, organizationId: organization_id ?? "" })]);
  const keys = await db.selectFrom("api_keys").select(["id", "user_id"]).where("login_type", "=", "token").execute();
  const users = await db.selectFrom("users").select("id").execute();
  const each = async <I, O>(of: readonly I[], list: (one: I) => Promise<readonly O[]>): Promise<O[]> =>
    (await Promise.all(of.map(list))).flat();
  return [
    {
      name: "workspaces",
      candidates: workspaceObjects,
      shown: async (view) => (await view.workspaces.list()).workspaces.map(({ id }) => id),
    },
    {
      name: "templates",
      candidates: templates.map((row): Candidate => [row.id, templateObjectOf(row)]),
      shown: async (view) => (await view.templates.list()).map(({ id }) => id),
    },
    {
      name: "template versions",
      candidates: versions
        .filter(({ template_id }) => template_id !== null)
        .map((row): Candidate => [row.id, versionObject(row, templateOf)]),
      shown: (view) => each(templates, async ({ id }) => (await view.templateVersions.list(id)).map((version) => version.id)),
    },
    {
      name: "latest builds",
      candidates: workspaceObjects,
      shown: async (view) => [...(await view.builds.latestOf(workspaces.map(({ id }) => id))).keys()],
    },
    {
      name: "builds",
      candidates: workspaceObjects,
      shown: (view) => each(workspaces, async ({ id }) => (await view.builds.list(id)).map((build) => build.workspace_id)),
    },
    {
      name: "resources of jobs",
      candidates: jobObjects,
      shown: async (view) => [...(await view.resources.ofJobs(jobs.map(({ id }) => id))).keys()],
    },
    {
      name: "provisioner daemons",
      candidates: daemonsOf(await db.selectFrom("provisioner_daemons").select(["id", "organization_id"]).execute()),
      shown: (view) => each(organizations, async (id) => (await view.provisionerDaemons.list(id)).map((daemon) => daemon.id)),
    },
    {
      name: "provisioner keys",
      candidates: daemonsOf(
        await db.selectFrom("provisioner_keys").select(["id", "organization_id"]).where("organization_id", "is not", null).execute(),
      ),
      shown: (view) => each(organizations, async (id) => (await view.provisionerKeys.list(id)).map((key) => key.id)),
    },
    {
      name: "API tokens",
      candidates: keys.map(({ id, user_id }): Candidate => [id, apiKeyObject({ id, userId: user_id })]),
      shown: async (view) => (await view.apiKeys.listTokens({})).map(({ id }) => id),
    },
    {
      name: "users",
      candidates: users.map(({ id }): Candidate => [id, userObject(id)]),
      shown: async (view) => (await view.users.list()).users.map(({ id }) => id),
    },
    {
      name: "organizations",
      candidates: organizations.map((id): Candidate => [id, organizationObject(id)]),
      shown: async (view) => (await view.organizations.list()).map(({ id }) => id),
    },
  ];
}

function versionObject(
  { template_id: id, organization_id: organizationId }: Population["versions"][number],
  templates: ReadonlyMap<Population["templates"][number]["id"], Population["templates"][number]>,
): AuthzObject {
  const template = id === null ? undefined : templates.get(id);
  return template === undefined ? templateObject({ organizationId }) : templateObjectOf(template);
}

function allowedOf(subject: Subject, action: Parameters<typeof decide>[1], candidates: readonly Candidate[]): string[] {
  return candidates
    .filter(([, object]) => decide(subject, action, object).kind === "allowed")
    .map(([id]) => id)
    .sort();
}

function sortedIds(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id).sort();
}
