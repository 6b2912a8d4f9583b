import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { formatSecret, hashSecret } from "#credentials/secret.ts";
import { AgentSchema, EnvSchema, ResourceSchema } from "#proto/gen/provisioner_pb.js";
import { agentTokenHash, checkAgents, mergeEnvironment, parseAgentKeyScope } from "./agent-rules.ts";

const INVALID = expect.objectContaining({ name: "InvalidCompletionError" });

type AgentInit = MessageInitShape<typeof AgentSchema>;
const agentOf = (init: AgentInit) => create(AgentSchema, { name: "main", ...init });
const machine = (...agents: AgentInit[]) => create(ResourceSchema, { type: "null_resource", name: "machine", agents });

describe("the agents of a job", () => {
  test("have host names, each its own in any letter case, wherever it is", () => {
    expect(() => checkAgents([machine({ name: "main" }, { name: "side-1" }), machine({ name: "x".repeat(63) })])).not.toThrow();
    for (const name of ["", "a_b", "-a", "a-", "a--b", "a.b", "x".repeat(64)])
      expect(() => checkAgents([machine({ name })]), name).toThrow(INVALID);
    expect(() => checkAgents([machine({ name: "main" }), machine({ name: "MAIN" })])).toThrow(INVALID);
  });

  test("have apps with slugs of their own", () => {
    const slugs = (...names: string[]) => [machine({ name: "main", apps: names.map((slug) => ({ slug })) })];
    expect(() => checkAgents(slugs("web", "web-2"))).not.toThrow();
    for (const wrong of [["Web"], ["a_b"], [""], ["web", "web"]]) expect(() => checkAgents(slugs(...wrong)), `${wrong}`).toThrow(INVALID);
    const two = [machine({ name: "one", apps: [{ slug: "web" }] }, { name: "two", apps: [{ slug: "web" }] })];
    expect(() => checkAgents(two)).not.toThrow();
  });

  test("have a scope that is known, all where a daemon names none", () => {
    expect(["", "all", "no_user_data"].map((apiKeyScope) => parseAgentKeyScope({ name: "main", apiKeyScope }))).toEqual([
      "all",
      "all",
      "no_user_data",
    ]);
    expect(() => checkAgents([machine({ name: "main", apiKeyScope: "some" })])).toThrow(INVALID);
  });
});

describe("an agent's token", () => {
  const secret = Buffer.alloc(32, 5);

  test("is derived from the build's secret and Terraform's id, or the one that is reported", () => {
    const derived = agentOf({ id: "terraform-id", auth: { case: "token", value: "" } });
    expect(agentTokenHash(derived, secret)).toEqual(hashSecret(deriveAgentToken(secret, "terraform-id")));
    const reported = formatSecret("agent");
    expect(agentTokenHash(agentOf({ auth: { case: "token", value: reported } }), secret)).toEqual(hashSecret(reported));
  });

  test("is none for an instance, and without a secret", () => {
    expect(agentTokenHash(agentOf({ auth: { case: "instanceId", value: "i-1" } }), secret)).toBeNull();
    expect(agentTokenHash(agentOf({ id: "x", auth: { case: "token", value: "" } }), undefined)).toBeNull();
  });

  test("of an unknown form, or of an agent without an id, is refused and not repeated", () => {
    expect(() => agentTokenHash(agentOf({ auth: { case: "token", value: "hunter2" } }), secret)).toThrow(INVALID);
    expect(() => agentTokenHash(agentOf({ auth: { case: "token", value: "hunter2" } }), secret)).not.toThrow("hunter2");
    expect(() => agentTokenHash(agentOf({ auth: { case: "token", value: "" } }), secret)).toThrow(INVALID);
  });
});

describe("the environment", () => {
  const merged = (extra: MessageInitShape<typeof EnvSchema>[], own: Record<string, string> = {}) =>
    mergeEnvironment(
      "main",
      extra.map((one) => create(EnvSchema, one)),
      own,
    );

  test("joins what comes for one variable as each says, and the agent's own wins", () => {
    const path = (mergeStrategy: string) =>
      merged([
        { name: "P", value: "a" },
        { name: "P", value: "b", mergeStrategy },
      ]).P;
    expect(["append", "prepend", "replace", ""].map(path)).toEqual(["a:b", "b:a", "b", "b"]);
    expect(merged([{ name: "P", value: "a" }], { P: "own", Q: "q" })).toEqual({ P: "own", Q: "q" });
  });

  test("takes the first value where there was none, and refuses a second one where that is an error", () => {
    expect(
      merged([
        { name: "P", value: "" },
        { name: "P", value: "b", mergeStrategy: "error" },
      ]),
    ).toEqual({ P: "b" });
    expect(() =>
      merged([
        { name: "P", value: "a" },
        { name: "P", value: "b", mergeStrategy: "error" },
      ]),
    ).toThrow(INVALID);
  });

  test("adds to the value that the agent is started with where the template sets none, and leaves no empty entries", () => {
    const add = (mergeStrategy: string, value: string) => ({ name: "PATH", value, mergeStrategy });
    expect(merged([add("prepend", "/a")])).toEqual({ PATH: "/a:$" + "{PATH}" });
    expect(merged([add("append", "/a")])).toEqual({ PATH: "$" + "{PATH}:/a" });
    expect(merged([add("prepend", "/a"), add("append", "/b"), add("prepend", "/c")])).toEqual({ PATH: "/c:/a:$" + "{PATH}:/b" });
    expect(merged([add("prepend", ""), add("append", "/b")])).toEqual({ PATH: "$" + "{PATH}:/b" });
    expect(merged([add("replace", ""), add("prepend", "/a"), add("append", "")])).toEqual({ PATH: "/a" });
    expect(merged([add("error", "/a"), add("prepend", "/b")])).toEqual({ PATH: "/b:/a" });
    expect(merged([add("prepend", "/a")], { PATH: "/own" })).toEqual({ PATH: "/own" });
  });

  test("may have variables with the names of an object's own", () => {
    const names = ["__proto__", "constructor", "toString"];
    expect(Object.entries(merged(names.map((name) => ({ name, value: name }))))).toEqual(names.map((name) => [name, name]));
  });
});
