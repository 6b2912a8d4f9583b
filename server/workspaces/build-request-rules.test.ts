import { describe, expect, test } from "vitest";
import { ZERO_UUID } from "#sdk/scalars.ts";
import type { CreateWorkspaceBuildRequest } from "#sdk/workspace-builds.ts";
import { WorkspaceId } from "../ids.ts";
import { parseNewBuild } from "./build-request-rules.ts";

const W = WorkspaceId.parse("11111111-0000-4000-8000-000000000001");
const ID = "22222222-0000-4000-8000-000000000002";
const PLAIN = { workspaceId: W, transition: "start", parameters: [] };

describe("a request", () => {
  for (const { what, more, build } of [
    { what: "that names nothing else asks for the transition", more: {}, build: {} },
    {
      what: "of a Go client leaves out ids by zeros",
      more: { template_version_id: ZERO_UUID, template_version_preset_id: ZERO_UUID },
      build: {},
    },
    {
      what: "may name a version, a preset and a log level",
      more: { template_version_id: ID, template_version_preset_id: ID, log_level: "debug" },
      build: { templateVersionId: ID, presetId: ID, logLevel: "debug" },
    },
    {
      what: "brings parameters as they are",
      more: { rich_parameter_values: [{ name: "size", value: "1" }] },
      build: { parameters: [{ name: "size", value: "1" }] },
    },
    { what: "brings a state in base64", more: { state: "c3RhdGU=" }, build: { state: Buffer.from("state") } },
    { what: "from a person says from where", more: { reason: "cli" }, build: { reason: "cli" } },
  ] satisfies readonly { what: string; more: Partial<CreateWorkspaceBuildRequest>; build: object }[])
    test(what, () => expect(parseNewBuild(W, { transition: "start", ...more })).toEqual({ ...PLAIN, ...build }));

  test("from a program that the store has no word for says nothing of where from", () => {
    expect(parseNewBuild(W, { transition: "stop", reason: "jetbrains_connection" })).not.toHaveProperty("reason");
  });

  test("to forget the resources is a delete that begins with an empty state", () => {
    expect(parseNewBuild(W, { transition: "delete", orphan: true }).state).toEqual(new Uint8Array(0));
  });
});

for (const { what, request, field } of [
  { what: "a dry run", request: { transition: "start", dry_run: true }, field: "dry_run" },
  { what: "a chain", request: { transition: "stop", on_success: { transition: "start" } }, field: "on_success" },
  { what: "an orphan that is started", request: { transition: "start", orphan: true }, field: "orphan" },
  { what: "an orphan with a state", request: { transition: "delete", orphan: true, state: "AAAA" }, field: "orphan" },
  { what: "a state that is no base64", request: { transition: "start", state: "not base64!" }, field: "state" },
  { what: "a state that is cut off", request: { transition: "start", state: "AAA" }, field: "state" },
])
  test(`${what} is refused`, () => {
    const parse = () => parseNewBuild(W, request as CreateWorkspaceBuildRequest);
    expect(parse).toThrow(expect.objectContaining({ code: "invalid_input", fields: [expect.objectContaining({ field })] }));
  });
