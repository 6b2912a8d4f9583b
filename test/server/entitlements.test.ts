import { afterAll, beforeAll, describe } from "vitest";
import { startPostgres, type TestPostgres } from "#test/postgres.ts";
import { entitlementsContract } from "./entitlements-contract.ts";
import { openServerWorld } from "./server-world.ts";

describe("on SQLite", () => entitlementsContract((now) => openServerWorld({ now })));

describe("on PostgreSQL", () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  entitlementsContract(async (now) => openServerWorld({ now, databaseUrl: await server.createDatabase() }));
});
