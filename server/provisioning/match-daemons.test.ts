import { expect, test } from "vitest";
import { DaemonId, OrganizationId, ProvisionerKeyId } from "../ids.ts";
import type { ProvisionerDaemon } from "./daemon-rows.ts";
import { matchDaemons } from "./match-daemons.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const UNTAGGED = { scope: "organization", owner: "" };
const GPU = { ...UNTAGGED, gpu: "yes" };

function daemon(name: string, tags: Record<string, string>, seenSecondsAgo: number | null): ProvisionerDaemon {
  return {
    id: DaemonId.parse("11111111-1111-4111-8111-111111111111"),
    organization_id: OrganizationId.parse("22222222-2222-4222-8222-222222222222"),
    key_id: ProvisionerKeyId.parse("33333333-3333-4333-8333-333333333333"),
    key_name: "built-in",
    name,
    provisioners: ["terraform"],
    tags,
    version: "v0.1.0",
    api_version: "1.19",
    created_at: NOW,
    last_seen_at: seenSecondsAgo === null ? null : new Date(NOW.getTime() - seenSecondsAgo * 1_000),
    current_job_id: null,
    previous_job_id: null,
  };
}

test("finds the daemons that could take a job, and which of them are online", () => {
  const daemons = [daemon("here", GPU, 10), daemon("late", GPU, 100), daemon("never", GPU, null), daemon("plain", UNTAGGED, 1)];
  const { count, available, mostRecentlySeen } = matchDaemons({ tags: GPU, provisioner: "terraform" }, daemons, NOW);
  expect(count).toBe(3);
  expect(available.map(({ name }) => name)).toEqual(["here"]);
  expect(mostRecentlySeen).toEqual(new Date(NOW.getTime() - 10_000));
});

test("a tagged daemon does not match an untagged job, and no daemon matches an unknown provisioner", () => {
  expect(matchDaemons({ tags: UNTAGGED, provisioner: "terraform" }, [daemon("gpu", GPU, 1)], NOW).count).toBe(0);
  expect(matchDaemons({ tags: UNTAGGED, provisioner: "echo" }, [daemon("plain", UNTAGGED, 1)], NOW)).toEqual({
    count: 0,
    available: [],
    mostRecentlySeen: undefined,
  });
});

test("a daemon that was seen in the future is offline, unless the clocks of two servers may explain it", () => {
  const daemons = [daemon("ahead", UNTAGGED, -60), daemon("before the clock was set back", UNTAGGED, -3_600)];
  const { count, available } = matchDaemons({ tags: UNTAGGED, provisioner: "terraform" }, daemons, NOW);
  expect([count, available.map(({ name }) => name)]).toEqual([2, ["ahead"]]);
});
