import { expect, test } from "vitest";
import type { WorkspaceResource } from "#sdk/workspace-resources.ts";
import { AGENT, RESOURCE } from "#test/cli/canned.ts";
import { formatResources } from "./resource-tree.ts";

const show = (resources: readonly object[], agentStatus = false) => formatResources(resources as WorkspaceResource[], { agentStatus });

test("draws each resource with its agents below it", () => {
  const { agents: _, ...volume } = { ...RESOURCE, type: "docker_volume", name: "home" };
  const two = { ...RESOURCE, agents: [AGENT, { ...AGENT, name: "gpu", architecture: "arm64" }] };
  expect(show([two, volume])).toBe("docker_container.box\n├─ main (linux, amd64)\n└─ gpu (linux, arm64)\ndocker_volume.home\n");
});

test("adds how agents do when asked, without a version that is not known yet", () => {
  const connecting = { ...AGENT, status: "connecting", lifecycle_state: "created", version: "" };
  expect(show([{ ...RESOURCE, agents: [connecting] }], true)).toBe("docker_container.box\n└─ main (linux, amd64)  connecting, created\n");
});

test("is empty without anything to show", () => expect(show([{ ...RESOURCE, hide: true }])).toBe(""));
