import { describe } from "vitest";
import { newSqlite } from "./databases.ts";
import { peopleContract } from "./people-contract.ts";

describe("people", () => peopleContract(newSqlite));
