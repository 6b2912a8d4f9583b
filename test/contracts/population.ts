import fc from "fast-check";
import type { Acl } from "#authz/object.ts";
import type { Row } from "#server/database/tables.ts";
import type { OrganizationId, UserId } from "#server/ids.ts";
import { insertKey } from "./keys.ts";
import type { World } from "./world.ts";

/** Rows of every listed kind in two organizations, shared and not: enough that most subjects may see some of each kind and not all. */
export interface Population {
  readonly organizations: readonly OrganizationId[];
  readonly users: readonly UserId[];
  /** Who is in which group stands nowhere yet: groups are ids that ACLs name. */
  readonly groups: readonly string[];
  readonly workspaces: readonly Row<"workspaces">[];
  readonly templates: readonly Row<"templates">[];
  readonly versions: readonly Row<"template_versions">[];
  readonly jobs: readonly Row<"provisioner_jobs">[];
}

/** Of the ACLs, that is; everything else is the same every time. */
const SEED = 7;

export async function populate({ store, owner, organizationId, clock, member }: World): Promise<Population> {
  const { db, newId } = store.system.core;
  const at = clock.now();
  const times = { created_at: at, updated_at: at };
  const other = newId<OrganizationId>();
  const organization = { id: other, name: "other", display_name: "Other", is_default: false, ...times };
  await db.insertInto("organizations").values(organization).execute();
  const organizations = [organizationId, other];
  const users = [owner.id, (await member("ann")).user.id, (await member("bob")).user.id];
  const groups = [newId<string>(), newId<string>()];

  const someone = fc.constantFrom<string[]>(...users, ...groups, ...organizations);
  const acl = fc.dictionary(someone, fc.uniqueArray(fc.constantFrom("read", "use", "update", "ssh", "*"), { maxLength: 2 }), {
    maxKeys: 3,
  });
  const acls: Acl[] = fc.sample(acl, { numRuns: 200, seed: SEED });
  const nextAcls = () => ({ user_acl: acls.pop() ?? {}, group_acl: acls.pop() ?? {} });
  const of = <T>(list: readonly T[], index: number): T => {
    const found = list[index % list.length];
    if (found === undefined) throw new Error("an empty list");
    return found;
  };

  const files: Pick<Row<"files">, "id">[] = [];
  for (const created_by of [...users, null])
    files.push(
      await db
        .insertInto("files")
        .values({ id: newId(), hash: "00", created_by, mimetype: "x", data: Buffer.from("x"), created_at: at })
        .returning("id")
        .executeTakeFirstOrThrow(),
    );
  const jobs: Row<"provisioner_jobs">[] = [];
  const newJob = async (organization_id: OrganizationId, type: Row<"provisioner_jobs">["type"]): Promise<Row<"provisioner_jobs">> => {
    const job = await db
      .insertInto("provisioner_jobs")
      .values({
        id: newId(),
        organization_id,
        initiator_id: owner.id,
        type,
        provisioner: "terraform",
        file_id: of(files, 0).id,
        input: { workspace_build_id: newId() },
        secret_input: null,
        tags: {},
        trace_metadata: {},
        started_at: at,
        completed_at: at,
        ...times,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const resource = { job_id: job.id, transition: "start", type: "null_resource", name: "machine", hide: false, icon: "" } as const;
    const rest = { instance_type: null, daily_cost: 0, module_path: "", position: 0, created_at: at };
    await db
      .insertInto("workspace_resources")
      .values({ id: newId(), ...resource, ...rest })
      .execute();
    jobs.push(job);
    return job;
  };
  const versions: Row<"template_versions">[] = [];
  const newVersion = async (organization_id: OrganizationId, template_id: Row<"templates">["id"] | null): Promise<void> => {
    const job_id = (await newJob(organization_id, "template_version_import")).id;
    const made = { id: newId<Row<"template_versions">["id"]>(), template_id, organization_id, job_id, name: `v${versions.length}` };
    const row = { ...made, created_by: owner.id, external_auth_providers: [], ...times };
    versions.push(await db.insertInto("template_versions").values(row).returningAll().executeTakeFirstOrThrow());
  };
  const templates: Row<"templates">[] = [];
  for (let n = 0; n < 12; n++) {
    const organization_id = of(organizations, n);
    const made = { id: newId<Row<"templates">["id"]>(), organization_id, name: `t${n}`, provisioner: "terraform" } as const;
    const row = { ...made, active_version_id: newId<Row<"template_versions">["id"]>(), created_by: owner.id, ...nextAcls(), ...times };
    const template = await db.insertInto("templates").values(row).returningAll().executeTakeFirstOrThrow();
    templates.push(template);
    for (let count = 0; count < 2; count++) await newVersion(organization_id, template.id);
  }
  for (const organization_id of organizations) {
    await newVersion(organization_id, null);
    await newJob(organization_id, "template_version_dry_run");
    const key = await db
      .insertInto("provisioner_keys")
      .values({ id: newId(), organization_id, name: "k", hashed_secret: Buffer.from(organization_id), tags: {}, created_at: at })
      .returning("id")
      .executeTakeFirstOrThrow();
    const daemon = { id: newId<Row<"provisioner_daemons">["id"]>(), organization_id, key_id: key.id, name: "d", last_seen_at: at };
    await db
      .insertInto("provisioner_daemons")
      .values({ ...daemon, provisioners: [], tags: {}, version: "", api_version: "", created_at: at })
      .execute();
  }
  const workspaces: Row<"workspaces">[] = [];
  for (let n = 0; n < 36; n++) {
    const template = of(templates, n + Math.floor(n / 12));
    const made = { id: newId<Row<"workspaces">["id"]>(), owner_id: of(users, n), organization_id: template.organization_id };
    const state = { template_id: template.id, name: `w${n}`, last_used_at: at, dormant_at: n % 4 === 3 ? at : null };
    const row = { ...made, ...state, ...nextAcls(), ...times };
    const workspace = await db.insertInto("workspaces").values(row).returningAll().executeTakeFirstOrThrow();
    workspaces.push(workspace);
    const job_id = (await newJob(workspace.organization_id, "workspace_build")).id;
    const version = of(
      versions.filter(({ template_id }) => template_id === template.id),
      0,
    );
    const build = {
      id: newId<Row<"workspace_builds">["id"]>(),
      workspace_id: workspace.id,
      template_version_id: version.id,
      job_id,
    };
    const rest = { build_number: 1, transition: "start", reason: "initiator", initiator_id: owner.id, ...times } as const;
    await db
      .insertInto("workspace_builds")
      .values({ ...build, ...rest })
      .execute();
  }
  for (const [n, userId] of [...users, ...users].entries()) {
    const scope = { scopes: ["coder:all"], allowList: ["*:*"], lifetimeSeconds: 3_600, tokenName: `token-${n}` };
    await insertKey(store, { userId, loginType: "token", ...scope });
  }
  return { organizations, users, groups, workspaces, templates, versions, jobs };
}
