import { Metadata } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { DAEMON_API_VERSION, DAEMON_KEY, DAEMON_NAME, PROVISIONER_API_LEVEL } from "#proto/call-metadata.ts";
import { newSqlite } from "#test/contracts/databases.ts";
import { openWorld } from "#test/contracts/world.ts";
import { createDaemonSessions } from "./daemon-session.ts";

const open = async () => {
  const { store, clock, asOwner, organizationId } = await openWorld(newSqlite);
  const { core } = store.system;
  const builtInKey = formatSecret("provisioner");
  let atMs = 0;
  const sessions = createDaemonSessions(core, { builtInKey, home: "a-1", monotonicMs: () => atMs });
  const call = (key = builtInKey) => {
    const metadata = new Metadata();
    metadata.set(DAEMON_KEY, key);
    metadata.set(DAEMON_NAME, "host-0");
    metadata.set(DAEMON_API_VERSION, PROVISIONER_API_LEVEL);
    return metadata;
  };
  const seenAt = async () =>
    (await core.db.selectFrom("provisioner_daemons").select("last_seen_at").executeTakeFirstOrThrow()).last_seen_at;
  const pass = (ms: number): void => {
    atMs += ms;
  };
  return { sessions, call, clock, seenAt, pass, asOwner, organizationId };
};

test("that a daemon was seen is stored now and then, whatever the clock says", async () => {
  const { sessions, call, clock, seenAt, pass } = await open();
  await sessions.open(call());
  const first = clock.now();
  expect(await seenAt()).toEqual(first);
  for (const step of [3_600_000, -7_200_000]) {
    const before = await seenAt();
    clock.advance(step);
    pass(29_999);
    await sessions.open(call());
    expect(await seenAt()).toEqual(before);
    pass(1);
    await sessions.open(call());
    expect(await seenAt()).toEqual(clock.now());
  }
});

test("only the server's own daemons have its data directory", async () => {
  const { sessions, call, asOwner, organizationId } = await open();
  expect(await sessions.open(call())).toMatchObject({ home: "a-1", isRevoked: false });
  const { secret, key } = await asOwner.provisionerKeys.create({ organizationId, name: "far", tags: {} });
  const session = await sessions.open(call(secret));
  expect(session).toMatchObject({ keyId: key.id, isRevoked: false });
  expect(session.home).toBeUndefined();
});
