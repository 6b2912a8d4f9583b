import type { MessageInitShape } from "@bufbuild/protobuf";
import { redactSecrets } from "#credentials/secret.ts";
import type { TemplateVariable, VariableValue } from "#proto/gen/provisioner_pb.js";
import type { Log, UpdateJobRequest, UpdateJobResponseSchema } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import type { TemplateVersionId } from "../ids.ts";
import { variablePurpose } from "../templates/version-variables.ts";
import { appendJobLogs, type NewJobLog } from "./append-job-logs.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { storeState } from "./end-job.ts";
import { lockOwnJob, requireRunning } from "./held-job.ts";
import { buildOfJob } from "./job-rows.ts";
import { logLevel, logSource } from "./wire-names.ts";

/** Renews the lease, keeps what the daemon reports, and says whether somebody canceled the job. */
export async function updateJob(
  core: Database,
  daemon: DaemonSession,
  request: UpdateJobRequest,
  leaseMs: number,
): Promise<MessageInitShape<typeof UpdateJobResponseSchema>> {
  const { missing, ...answer } = await core.write(async (tx) => {
    const job = await lockOwnJob(core, tx, daemon, request.jobId);
    requireRunning(job);
    const at = core.now();
    await tx.db
      .updateTable("provisioner_jobs")
      .set({ updated_at: at, lease_expires_at: new Date(at.getTime() + leaseMs) })
      .where("id", "=", job.id)
      .execute();
    await appendJobLogs(
      core,
      tx,
      job,
      request.logs.map((log) => toJobLog(log, at)),
    );
    if (request.workspaceBuildState.length > 0) {
      const build = await buildOfJob(tx.db, job.id);
      if (build !== undefined) await storeState(core, tx, build, request.workspaceBuildState);
    }
    const variables = await updateVersion(core, tx, job, request);
    return {
      canceled: job.canceled_at !== null,
      leaseMs: BigInt(leaseMs),
      variableValues: variables.map(({ name, value, sensitive }) => ({ name, value, sensitive })),
      missing: variables.filter(({ isMissing }) => isMissing).map(({ name }) => name),
    };
  });
  // After the commit: whoever looks at the failed import is to see which variables there are. Clients match the first words.
  if (missing.length > 0) throw new StatusError("INVALID_ARGUMENT", `required template variables need values: ${missing.join(", ")}`);
  return answer;
}

function toJobLog(log: Log, at: Date): NewJobLog {
  return {
    source: logSource(log.source),
    level: logLevel(log.level),
    stage: log.stage,
    // Templates print what they should not, and more people may read a log than act as an agent.
    output: redactSecrets(log.output),
    created_at: log.createdAt > 0n ? new Date(Number(log.createdAt)) : at,
  };
}

interface ResolvedVariable {
  readonly name: string;
  readonly value: string;
  readonly sensitive: boolean;
  readonly isMissing: boolean;
}

/** What a template import learns while it parses. */
async function updateVersion(
  core: Database,
  { db }: Tx,
  job: Row<"provisioner_jobs">,
  request: UpdateJobRequest,
): Promise<readonly ResolvedVariable[]> {
  const tags = Object.entries(request.workspaceTags);
  if (
    job.type !== "template_version_import" ||
    (tags.length === 0 && request.readme.length === 0 && request.templateVariables.length === 0)
  )
    return [];
  const { id } = await db.selectFrom("template_versions").select("id").where("job_id", "=", job.id).executeTakeFirstOrThrow();
  for (const [key, value] of tags)
    await db
      .insertInto("template_version_workspace_tags")
      .values({ template_version_id: id, key, value })
      .onConflict((conflict) => conflict.columns(["template_version_id", "key"]).doUpdateSet({ value }))
      .execute();
  if (request.readme.length > 0) {
    const readme = cleanText(Buffer.from(request.readme).toString("utf8"));
    await db.updateTable("template_versions").set({ readme, updated_at: core.now() }).where("id", "=", id).execute();
  }
  const given = new Map(request.userVariableValues.map(({ name, value }: VariableValue) => [name, value]));
  const resolved: ResolvedVariable[] = [];
  for (const variable of request.templateVariables) {
    const value = given.get(variable.name) ?? variable.defaultValue;
    await putVariable(core, db, { id, variable, value });
    const { name, sensitive } = variable;
    resolved.push({ name, value, sensitive, isMissing: variable.required && value === "" });
  }
  return resolved;
}

/** Replaces an earlier one: a daemon whose answer was lost asks again. */
async function putVariable(
  { encryption }: Database,
  db: Tx["db"],
  { id, variable, value }: { readonly id: TemplateVersionId; readonly variable: TemplateVariable; readonly value: string },
): Promise<void> {
  const facts = {
    description: cleanText(variable.description),
    type: variable.type,
    value: encryption.seal(variablePurpose(id, variable.name), Buffer.from(value, "utf8")),
    default_value: cleanText(variable.defaultValue),
    required: variable.required,
    sensitive: variable.sensitive,
  };
  await db
    .insertInto("template_version_variables")
    .values({ template_version_id: id, name: variable.name, ...facts })
    .onConflict((conflict) => conflict.columns(["template_version_id", "name"]).doUpdateSet(facts))
    .execute();
}
