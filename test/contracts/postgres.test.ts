import { afterAll, beforeAll, describe } from "vitest";
import { startPostgres, type TestPostgres } from "#test/postgres.ts";
import { newPostgres } from "./databases.ts";
import { peopleContract } from "./people-contract.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server[Symbol.asyncDispose]());

const newDatabase = () => newPostgres(server);

describe("people", () => peopleContract(newDatabase));
