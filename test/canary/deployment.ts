/** A deployment whose owner has everything that must not leak: made before its server starts, because no route takes tokens of other services. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#server/database/open-database.ts";
import { createEncryption } from "#server/encryption/envelope.ts";
import { loadKeyFile } from "#server/encryption/key-file.ts";
import { sealLink } from "#server/external-auth/links.ts";
import { putLinkRow } from "#server/external-auth/rows.ts";
import { createSetup } from "#server/people/set-up.ts";
import { DEMO_EXTERNAL_AUTH } from "#test/e2e/harness/agent-calls.ts";
import { FIRST_USER } from "#test/e2e/harness/api.ts";
import { type ServerProcess, startServerProcess } from "#test/e2e/harness/server-process.ts";

export const EXTERNAL_TOKENS = { access: "canary-external-access-token", refresh: "canary-external-refresh-token" };

export interface Deployment extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly dataDirectory: string;
}

/** Starts a server with one daemon and with the owner `FIRST_USER`, who has linked the service `demo`. @param postgres default: SQLite */
export async function startDeployment(postgres?: string): Promise<Deployment> {
  await using made = new AsyncDisposableStack();
  const dataDirectory = await mkdtemp(join(tmpdir(), "proviso-canary-"));
  made.defer(() => rm(dataDirectory, { recursive: true, force: true }));
  await link(dataDirectory, postgres);
  const server = made.use(
    await startServerProcess({
      dataDirectory,
      args: ["--verbose", "--provisioner-daemons", "1"],
      env: { ...DEMO_EXTERNAL_AUTH, CODER_PG_CONNECTION_URL: postgres },
    }),
  );
  const owned = made.move();
  return { server, dataDirectory, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function link(dataDirectory: string, postgres: string | undefined): Promise<void> {
  const encryption = createEncryption([await loadKeyFile(join(dataDirectory, "encryption.key"))]);
  await using opened = await openDatabase({
    database: postgres === undefined ? { kind: "sqlite", path: join(dataDirectory, "proviso.db") } : { kind: "postgres", url: postgres },
    encryption,
    watched: [],
    onError: (error) => {
      throw error;
    },
  });
  const { database } = opened;
  const { id: user_id } = await createSetup(database).createFirstUser(FIRST_USER);
  const at = new Date();
  const sealed = sealLink(database, {
    user_id,
    provider_id: "demo",
    access_token: EXTERNAL_TOKENS.access,
    refresh_token: EXTERNAL_TOKENS.refresh,
    expires_at: undefined,
    extra: undefined,
  });
  const values = { ...sealed, updated_at: at };
  await database.write(async ({ db }) => putLinkRow(db, { user_id, provider_id: "demo", created_at: at, ...values }, values));
}
