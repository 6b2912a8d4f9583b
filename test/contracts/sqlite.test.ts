import { describe } from "vitest";
import { buildsContract } from "./builds-contract.ts";
import { newSqlite } from "./databases.ts";
import { peopleContract } from "./people-contract.ts";
import { queueContract } from "./queue-contract.ts";

describe("people", () => peopleContract(newSqlite));
describe("builds", () => buildsContract(newSqlite));
describe("the queue", () => queueContract(newSqlite));
