import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { TimingState } from "#proto/gen/provisioner_pb.js";
import { type Stage, StageTimings } from "./timings.ts";

function spansOf(stage: Stage, events: readonly object[]) {
  let clock = 1_000;
  const timings = new StageTimings(stage, () => clock);
  for (const event of events) timings.event({ ...event });
  clock = 5_000;
  return timings.finish(true).map((span) => ({
    what: [span.stage, span.source, span.action, span.resource].join(" "),
    ms: [span.start, span.end].map((at) => (at === undefined ? 0 : timestampMs(at))),
    ok: span.state === TimingState.COMPLETED,
  }));
}

const hook = (type: string, second: number, action: string | undefined, addr = "vm.box") => ({
  "@timestamp": new Date(second * 1_000).toISOString(),
  type,
  hook: { resource: { addr, implied_provider: "cloud" }, ...(action !== undefined && { action }) },
});
const whole = (stage: Stage) => ({ what: `${stage} coder terraform coder_stage_${stage}`, ms: [1_000, 5_000], ok: true });

test("pairs what starts with what completes or fails, and leaves out what never ends", () => {
  expect(
    spansOf("apply", [
      hook("apply_start", 1, "create"),
      hook("apply_start", 1, "create", "vm.other"),
      hook("apply_progress", 2, "create"),
      hook("refresh_start", 2, undefined),
      hook("refresh_complete", 3, undefined),
      hook("apply_complete", 4, "create"),
      hook("apply_start", 4, "delete", "vm.bad"),
      hook("apply_errored", 3, "delete", "vm.bad"),
    ]),
  ).toEqual([
    { what: "apply cloud state refresh vm.box", ms: [2_000, 3_000], ok: true },
    { what: "apply cloud create vm.box", ms: [1_000, 4_000], ok: true },
    { what: "apply cloud delete vm.bad", ms: [4_000, 4_000], ok: false },
    whole("apply"),
  ]);
});

test("the steps of init end with the next one", () => {
  const step = (second: number, code: string) => ({ "@timestamp": new Date(second * 1_000).toISOString(), message_code: code });
  expect(
    spansOf("init", [
      step(1, "initializing_backend_message"),
      step(2, "initializing_modules_message"),
      step(3, "initializing_provider_plugin_message"),
      step(4, "output_init_success_message"),
      { "@timestamp": "never" },
    ]),
  ).toEqual([
    { what: "init terraform load Backend", ms: [1_000, 2_000], ok: true },
    { what: "init terraform load Modules", ms: [2_000, 3_000], ok: true },
    { what: "init terraform load Provider Plugins", ms: [3_000, 4_000], ok: true },
    whole("init"),
  ]);
});
