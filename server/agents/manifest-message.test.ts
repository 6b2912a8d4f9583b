import { expect, test } from "vitest";
import { WorkspaceApp_Health, WorkspaceApp_SharingLevel } from "#proto/gen/agent_pb.js";
import { AppSharingLevel } from "#proto/gen/provisioner_pb.js";
import { uuidToBytes } from "#proto/uuid.ts";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { toManifest } from "./manifest-message.ts";
import { getManifest } from "./read-agent.ts";

test("a manifest says what the agent has to do, with ids as bytes and times as durations", async () => {
  const { access, id, workspace } = await openAgentWorld({
    env: { HOME: "/home/milo" },
    scripts: [{ displayName: "Start", script: "true", runOnStart: true, timeoutSeconds: 90 }],
    apps: [{ slug: "web", sharingLevel: AppSharingLevel.PUBLIC, healthcheck: { url: "http://localhost", interval: 5, threshold: 3 } }],
  });
  const manifest = toManifest(await getManifest(access, id), 2);
  expect(manifest).toMatchObject({
    agentId: uuidToBytes(id),
    workspaceId: uuidToBytes(workspace.id),
    ownerUsername: "milo",
    gitAuthConfigs: 2,
    environmentVariables: { HOME: "/home/milo" },
    scripts: [{ script: "true", runOnStart: true, timeout: { seconds: 90n } }],
  });
  expect(manifest.apps).toMatchObject([
    {
      slug: "web",
      url: "",
      command: "",
      sharingLevel: WorkspaceApp_SharingLevel.PUBLIC,
      health: WorkspaceApp_Health.INITIALIZING,
      healthcheck: { url: "http://localhost", interval: { seconds: 5n }, threshold: 3 },
    },
  ]);
  expect(manifest).not.toHaveProperty("parentId");
});

for (const { operatingSystem, lineEnd } of [
  { operatingSystem: "linux", lineEnd: "\n" },
  { operatingSystem: "darwin", lineEnd: "\n" },
  { operatingSystem: "windows", lineEnd: "\r\n" },
]) {
  test(`scripts of a template that was saved on Windows have the line ends of ${operatingSystem}`, async () => {
    const text = "#!/bin/sh\r\nprintf 'a\\r\\n\r'\r\n";
    const { access, id } = await openAgentWorld({
      operatingSystem,
      scripts: [{ displayName: "Start", script: text, runOnStart: true }],
      metadata: [{ key: "load", script: text }],
      apps: [{ slug: "web", command: text }],
    });
    const { scripts, metadata, apps } = toManifest(await getManifest(access, id), 0);
    const wanted = text.replaceAll("\r\n", lineEnd);
    expect([scripts?.[0]?.script, metadata?.[0]?.script, apps?.[0]?.command]).toEqual([wanted, wanted, wanted]);
  });
}

test("a dev container is named with the agent inside of it, if it has one", async () => {
  const { access, id } = await openAgentWorld({
    devcontainers: [
      { name: "bare", workspaceFolder: "/bare" },
      { name: "box", workspaceFolder: "/box", scripts: [{ displayName: "Inside" }] },
    ],
  });
  const [bare, box] = toManifest(await getManifest(access, id), 0).devcontainers ?? [];
  expect([bare, box]).toMatchObject([
    { name: "bare", workspaceFolder: "/bare" },
    { name: "box", subagentId: expect.any(Uint8Array) },
  ]);
  expect(bare).not.toHaveProperty("subagentId");
});

test("how often a value is collected stands in the place of nanoseconds, as agents read it", async () => {
  const { access, id } = await openAgentWorld({ metadata: [{ key: "load", interval: 10n, timeout: 3_000_000_001n }] });
  expect(toManifest(await getManifest(access, id), 0).metadata).toMatchObject([
    { key: "load", interval: { seconds: 0n, nanos: 10 }, timeout: { seconds: 3n, nanos: 1 } },
  ]);
});
