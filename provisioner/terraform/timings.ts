import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Timing, TimingSchema, TimingState } from "#proto/gen/provisioner_pb.js";
import { type JsonObject, objectMember, stringMember } from "./json.ts";

export type Stage = "init" | "plan" | "graph" | "apply";

interface Span {
  readonly start: number;
  readonly action: string;
  readonly source: string;
  readonly resource: string;
}

const INIT_STEPS: ReadonlyMap<string, string> = new Map([
  ["initializing_backend_message", "Backend"],
  ["initializing_modules_message", "Modules"],
  ["initializing_provider_plugin_message", "Provider Plugins"],
  ["output_init_success_message", ""],
]);

/** Measures the parts of one stage from the events in Terraform's JSON output. Only spans that have ended are returned. */
export class StageTimings {
  readonly #stage: Stage;
  readonly #now: () => number;
  readonly #open = new Map<string, Span>();
  readonly #done: Timing[] = [];
  readonly #startedAt: number;
  #initStep: Span | undefined;

  constructor(stage: Stage, now: () => number) {
    this.#stage = stage;
    this.#now = now;
    this.#startedAt = now();
  }

  event(event: JsonObject): void {
    const at = Date.parse(stringMember(event, "@timestamp") ?? "");
    if (Number.isNaN(at)) return;
    const step = INIT_STEPS.get(stringMember(event, "message_code") ?? "");
    if (step !== undefined) this.#nextInitStep(step, at);
    const type = /^(.+)_(start|complete|errored)$/.exec(stringMember(event, "type") ?? "");
    const hook = objectMember(event, "hook");
    const resource = hook === undefined ? undefined : objectMember(hook, "resource");
    if (type === null || hook === undefined || resource === undefined) return;
    const [, category = "", phase] = type;
    const span = {
      start: at,
      action: stringMember(hook, "action") ?? (category === "refresh" ? "state refresh" : category),
      source: stringMember(resource, "implied_provider") ?? "",
      resource: stringMember(resource, "addr") ?? "",
    };
    const key = [category, span.action, span.resource, span.source].join("\0");
    if (phase === "start") this.#open.set(key, span);
    else {
      const opened = this.#open.get(key);
      this.#open.delete(key);
      if (opened !== undefined) this.#end(opened, at, phase === "complete");
    }
  }

  /** Ends the stage. @returns all spans so far, including one for the whole stage */
  finish(succeeded: boolean): Timing[] {
    const whole = { start: this.#startedAt, action: "terraform", source: "coder", resource: `coder_stage_${this.#stage}` };
    this.#end(whole, this.#now(), succeeded);
    return this.#done;
  }

  /** The steps of `init` only announce their start, so the next step ends the previous one. */
  #nextInitStep(name: string, at: number): void {
    if (this.#initStep !== undefined) this.#end(this.#initStep, at, true);
    this.#initStep = name === "" ? undefined : { start: at, action: "load", source: "terraform", resource: name };
  }

  #end(span: Span, end: number, succeeded: boolean): void {
    this.#done.push(
      create(TimingSchema, {
        start: timestampFromMs(span.start),
        end: timestampFromMs(Math.max(span.start, end)),
        action: span.action,
        source: span.source,
        resource: span.resource,
        stage: this.#stage,
        state: succeeded ? TimingState.COMPLETED : TimingState.FAILED,
      }),
    );
  }
}
