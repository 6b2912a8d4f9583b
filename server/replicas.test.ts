import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Client } from "#sdk/client.ts";
import { startPostgres } from "#test/postgres.ts";
import { playDaemon } from "#test/server/played-daemon.ts";
import { buildNext, importNext, makeTemplate, pushVersion } from "#test/server/scenario.ts";
import { openServerWorld } from "#test/server/server-world.ts";

test("two servers on one PostgreSQL work as one: jobs, logs and tokens of either are known to both", async () => {
  await using postgres = await startPostgres();
  await using directory = await mkdtempDisposable(join(tmpdir(), "proviso-replicas-"));
  // The encryption key is in the data directory, and replicas need the same one.
  const config = { databaseUrl: await postgres.createDatabase(), dataDirectory: directory.path };
  await using first = await openServerWorld(config);
  await using second = await openServerWorld(config);
  using daemon = playDaemon({ url: second.url, key: second.server.builtInDaemonKey });

  // Posted at one, taken at the other, which was waiting before.
  const taken = daemon.acquire();
  const version = await pushVersion(first);
  const { jobId } = await taken;
  const log = { level: 2, source: 1, stage: "Planning", output: "hello", createdAt: BigInt(Date.now()) };
  const outputs: string[] = [];
  const reader = new Client(first.url, { sessionToken: second.sessionToken });
  await daemon.update({ jobId, logs: [log] });
  for await (const line of reader.followTemplateVersionLogs(version.id)) {
    outputs.push(line.output);
    if (outputs.length === 1) await daemon.update({ jobId, logs: [{ ...log, output: "again" }] });
    if (outputs.length === 2) await daemon.complete({ jobId, type: { case: "templateImport", value: {} } });
  }
  expect(outputs).toEqual(["hello", "again"]);

  const template = await makeTemplate(first, daemon);
  const { id } = await second.client.createWorkspace("me", { name: "both", template_id: template.id });
  const [agent] = await buildNext(daemon);
  for (const { url } of [first, second])
    expect((await new Client(url, { sessionToken: agent?.token ?? "" }).agentGitSshKey()).private_key).toContain("OPENSSH");
  await first.client.createWorkspaceBuild(id, { transition: "stop" });
  await expect(new Client(second.url, { sessionToken: agent?.token ?? "" }).agentGitSshKey()).rejects.toMatchObject({ status: 401 });
  await buildNext(daemon, []);
  const [, latest] = [await pushVersion(first), await second.client.workspace(id)];
  expect(latest.latest_build.status).toBe("stopped");
  await importNext(daemon);
}, 90_000);
