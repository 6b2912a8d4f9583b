import { afterAll, beforeAll, describe } from "vitest";
import { startPostgres, type TestPostgres } from "#test/postgres.ts";
import { buildsContract } from "./builds-contract.ts";
import { type NewDatabase, postgresDatabases } from "./databases.ts";
import { peopleContract } from "./people-contract.ts";
import { queueContract } from "./queue-contract.ts";

let server: TestPostgres;
let databases: NewDatabase;
beforeAll(async () => {
  server = await startPostgres();
  databases = postgresDatabases(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const newDatabase: NewDatabase = () => databases();

describe("people", () => peopleContract(newDatabase));
describe("builds", () => buildsContract(newDatabase));
describe("the queue", () => queueContract(newDatabase));
