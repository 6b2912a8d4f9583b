import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import pino from "pino";
import { accessTo, type QueryHooks } from "#server/access/access.ts";
import { routesOf } from "#server/features.ts";
import { createApp } from "#server/http/app.ts";
import type { App } from "#server/http/fastify-app.ts";
import type { World } from "../contracts/world.ts";

export const AGENT_BINARY = "coder-linux-amd64";

const HOUR_MS = 3_600_000;

/** The server's routes over a world's store, without a listener. */
export async function openApp({ store, database, clock }: World, { onQuery }: Pick<QueryHooks, "onQuery">): Promise<App> {
  const { authentication, deploymentId, setup, sessions, core } = store.system;
  const agentBinaryDirectory = join(dirname(database.location.kind === "sqlite" ? database.location.path : ""), "bin");
  await mkdir(agentBinaryDirectory);
  await writeFile(join(agentBinaryDirectory, AGENT_BINARY), "an agent");
  const accessUrl = (): string => "https://proviso.example.test";
  const routes = routesOf({
    authentication,
    deploymentId,
    setup,
    sessions,
    usage: { flush: async () => {} },
    ping: () => store.ping(),
    now: clock.now,
    accessUrl,
    externalAuthProviders: [{ id: "git", type: "github", displayName: "Git", displayIcon: "", match: undefined }],
    agentBinaryDirectory,
    rateLimits: { login: 0, files: 0 },
    tokenLifetimes: { defaultMs: 24 * HOUR_MS, maximumMs: 720 * HOUR_MS, ownerMaximumMs: 168 * HOUR_MS },
  });
  return createApp({ authentication, accessFor: accessTo(core, { onQuery }), log: pino({ level: "silent" }), accessUrl }, routes);
}
