import { expect, test } from "vitest";
import { newSqlite } from "#test/contracts/databases.ts";
import { createEncryption } from "../encryption/envelope.ts";
import { EncryptionKeyError } from "../encryption/key-file.ts";
import { openDatabase } from "./open-database.ts";

async function open(location: Parameters<typeof openDatabase>[0]["database"], key = 7) {
  const encryption = createEncryption([Buffer.alloc(32, key)]);
  return openDatabase({ database: location, encryption, onError: (error) => expect.fail(String(error)), watched: ["users"] });
}

test("a database keeps its deployment's id, answers, and may be closed twice", async () => {
  await using file = await newSqlite();
  const first = await open(file.location);
  await first.ping();
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  await using again = await open(file.location);
  expect(again.deploymentId).toBe(first.deploymentId);
  expect([again.database.dialect, again.database.newId()]).toEqual(["sqlite", expect.stringMatching(/^[0-9a-f-]{36}$/)]);
});

test("a key that did not seal it is refused, and leaves it for the right one", async () => {
  await using file = await newSqlite();
  await (await open(file.location))[Symbol.asyncDispose]();
  await expect(open(file.location, 8)).rejects.toThrow(EncryptionKeyError);
  await using again = await open(file.location);
  await again.ping();
});
