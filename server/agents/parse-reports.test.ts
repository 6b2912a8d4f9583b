import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import {
  AppHealth,
  BatchCreateLogsRequestSchema,
  BatchUpdateAppHealthRequestSchema,
  BatchUpdateMetadataRequestSchema,
  Lifecycle_State,
  LifecycleSchema,
  Log_Level,
  Startup_Subsystem,
  StartupSchema,
  Timing_Stage,
  Timing_Status,
  TimingSchema,
} from "#proto/gen/agent_pb.js";
import { uuidToBytes } from "#proto/uuid.ts";
import { AppId, NIL_UUID } from "../ids.ts";
import { EXTERNAL_LOG_SOURCE } from "./external-log-source.ts";
import { parseAppHealths, parseLifecycle, parseLogs, parseMetadata, parseStartup, parseTiming } from "./parse-reports.ts";

const ID = "11111111-0000-4000-8000-000000000001";
const at = new Date("2026-01-02T03:04:05Z");
const INVALID = expect.objectContaining({ code: "INVALID_ARGUMENT" });

describe("a lifecycle", () => {
  test("has one of the known states, and a time if the agent says one", () => {
    const lifecycle = (state: Lifecycle_State, changedAt?: Date) =>
      create(LifecycleSchema, { state, ...(changedAt !== undefined && { changedAt: timestampFromDate(changedAt) }) });
    expect(parseLifecycle(lifecycle(Lifecycle_State.READY, at))).toEqual({ state: "ready", changedAt: at });
    expect(parseLifecycle(lifecycle(Lifecycle_State.OFF, new Date(0)))).toEqual({ state: "off", changedAt: undefined });
    expect(parseLifecycle(lifecycle(Lifecycle_State.START_ERROR)).changedAt).toBeUndefined();
    for (const state of [Lifecycle_State.STATE_UNSPECIFIED, 99]) expect(() => parseLifecycle(lifecycle(state))).toThrow(INVALID);
    expect(() => parseLifecycle(undefined)).toThrow(INVALID);
  });
});

describe("a startup", () => {
  const startup = (more: MessageInitShape<typeof StartupSchema>) => parseStartup(create(StartupSchema, { version: "v2.1.0", ...more }));

  test("names what the agent runs in, each once and in order", () => {
    const subsystems = [Startup_Subsystem.EXECTRACE, Startup_Subsystem.ENVBOX, Startup_Subsystem.EXECTRACE];
    expect(startup({ subsystems, expandedDirectory: "/home/ann" })).toEqual({
      version: "v2.1.0",
      expandedDirectory: "/home/ann",
      subsystems: ["envbox", "exectrace"],
    });
    expect(() => startup({ subsystems: [Startup_Subsystem.SUBSYSTEM_UNSPECIFIED] })).toThrow(INVALID);
    expect(() => parseStartup(undefined)).toThrow(INVALID);
  });

  test("has a semantic version that begins with v", () => {
    for (const version of ["v0.0.0", "v1.2.3-rc.1+build.5"]) expect(startup({ version }).version).toBe(version);
    for (const version of ["", "1.2.3", "v1.2", "v1.2.3 ", "v1.2.3-"]) expect(() => startup({ version }), version).toThrow(INVALID);
  });
});

describe("logs", () => {
  const logs = (more: MessageInitShape<typeof BatchCreateLogsRequestSchema>) => parseLogs(create(BatchCreateLogsRequestSchema, more));

  test("go to their source, or to the one for all that name none", () => {
    expect(logs({ logSourceId: uuidToBytes(ID) }).sourceId).toBe(ID);
    for (const logSourceId of [new Uint8Array(), uuidToBytes(NIL_UUID)]) expect(logs({ logSourceId }).sourceId).toBe(EXTERNAL_LOG_SOURCE);
    expect(() => logs({ logSourceId: new Uint8Array(3) })).toThrow(INVALID);
  });

  test("are numbered if the agent says so, from 1 in each of its processes", () => {
    expect(logs({}).numbers).toBeUndefined();
    expect(logs({ firstLog: 7n }).numbers).toBeUndefined();
    expect(logs({ runId: uuidToBytes(ID), firstLog: 7n }).numbers).toEqual({ run: ID, first: 7 });
    expect(() => logs({ runId: new Uint8Array(3), firstLog: 1n })).toThrow(INVALID);
    for (const firstLog of [0n, -1n, 1n << 53n]) expect(() => logs({ runId: uuidToBytes(ID), firstLog })).toThrow(INVALID);
  });

  test("have a level, info unless they say another that is known, and no zero bytes", () => {
    const lines = [{ level: Log_Level.ERROR, output: "a\0b" }, { level: 99 }, {}];
    expect(logs({ logs: lines }).logs).toEqual([
      { level: "error", output: "a\u274cb" },
      { level: "info", output: "" },
      { level: "info", output: "" },
    ]);
  });
});

describe("metadata", () => {
  const metadata = (...values: { key: string; value?: string; error?: string }[]) =>
    parseMetadata(
      create(BatchUpdateMetadataRequestSchema, {
        metadata: values.map(({ key, value = "", error = "" }) => ({ key, result: { value, error } })),
      }),
    );

  test("that is short is kept as it is", () => {
    expect(metadata({ key: "load", value: "0.5" }, { key: "disk", error: "no such file" })).toEqual({
      values: [
        { key: "load", value: "0.5", error: "" },
        { key: "disk", value: "", error: "no such file" },
      ],
      isTruncated: false,
    });
  });

  test("that is long is cut without half a character, and says so", () => {
    const [cut] = metadata({ key: "load", value: `${"x".repeat(2_047)}ä` }).values;
    expect(cut?.value).toBe("x".repeat(2_047));
    expect(cut?.error).toContain("2049");
    const [failed] = metadata({ key: "load", error: "x".repeat(3_000) }).values;
    expect([failed?.value, failed?.error.includes("3000")]).toEqual(["", true]);
  });

  test("whose keys are too long together ends with the last that fits", () => {
    const { values, isTruncated } = metadata({ key: "a".repeat(6_000) }, { key: "b".repeat(144) }, { key: "c" });
    expect([values.length, isTruncated]).toEqual([2, true]);
  });
});

describe("the health of apps", () => {
  const apps = [
    { id: AppId.parse(ID), healthcheck_url: "http://localhost" },
    { id: AppId.parse(ID.replace("1", "2")), healthcheck_url: "" },
  ];
  const healths = (id: string, health: AppHealth) =>
    parseAppHealths(create(BatchUpdateAppHealthRequestSchema, { updates: [{ id: uuidToBytes(id), health }] }), apps);

  test("is reported of the agent's own apps that have a check", () => {
    expect(healths(ID, AppHealth.HEALTHY)).toEqual([{ appId: ID, health: "healthy" }]);
    expect(() => healths(ID.replace("1", "2"), AppHealth.HEALTHY)).toThrow(INVALID);
    expect(() => healths(ID.replace("1", "3"), AppHealth.HEALTHY)).toThrow(INVALID);
    expect(() => healths(ID, AppHealth.APP_HEALTH_UNSPECIFIED)).toThrow(INVALID);
  });
});

describe("a script's time", () => {
  const timing = (more: MessageInitShape<typeof TimingSchema> = {}) =>
    parseTiming(
      create(TimingSchema, {
        scriptId: uuidToBytes(ID),
        start: timestampFromDate(at),
        end: timestampFromDate(at),
        stage: Timing_Stage.CRON,
        status: Timing_Status.TIMED_OUT,
        exitCode: 7,
        ...more,
      }),
    );

  test("has a script, a beginning and an end, a stage and a status", () => {
    expect(timing()).toEqual({ script_id: ID, stage: "cron", status: "timed_out", exit_code: 7, started_at: at, ended_at: at });
  });

  test.each([
    ["no script", { scriptId: new Uint8Array() }],
    ["an end before its beginning", { end: timestampFromDate(new Date(at.getTime() - 1)) }],
    ["no end", { end: timestampFromDate(new Date(0)) }],
    ["an unknown stage", { stage: 99 }],
    ["an unknown status", { status: 99 }],
  ])("is refused with %s", (_what, more) => expect(() => timing(more)).toThrow(INVALID));

  test("is refused when it is missing", () => expect(() => parseTiming(undefined)).toThrow(INVALID));
});
