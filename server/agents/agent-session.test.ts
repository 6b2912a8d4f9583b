import { Metadata } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { AGENT_API_VERSION, AGENT_TOKEN } from "#proto/call-metadata.ts";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { authenticateAgent } from "./agent-session.ts";

async function open(apiKeyScope = "no_user_data") {
  const token = formatSecret("agent");
  const { world, id, user } = await openAgentWorld({ apiKeyScope, auth: { case: "token", value: token } });
  const call = (tokens: readonly string[], version?: string) => {
    const metadata = new Metadata();
    for (const one of tokens) metadata.add(AGENT_TOKEN, one);
    if (version !== undefined) metadata.set(AGENT_API_VERSION, version);
    return authenticateAgent(metadata, world.store.system.authentication, (kind, value) => expect.fail(`unknown ${kind} ${value}`));
  };
  return { token, id, user, call };
}

test("a token stands for its agent, which is its owner cut down", async () => {
  const { call, token, id, user } = await open();
  const { identity, subject, apiVersion } = await call([token]);
  expect([identity.agent.id, apiVersion]).toEqual([id, "2.0"]);
  expect(subject).toMatchObject({ kind: "agent", id: user.id, scope: { names: ["no_user_data"] }, credential: { kind: "agent", id } });
  expect((await call([token], "2.3")).apiVersion).toBe("2.3");
});

test("no token, two, and a wrong one are refused in the same words", async () => {
  const { call, token } = await open();
  const refusal = (tokens: readonly string[]) =>
    call(tokens).then(
      () => "opened",
      ({ code, message }) => `${code} ${message}`,
    );
  const refused = await Promise.all([[], [token, token], [formatSecret("agent")], ["x"]].map(refusal));
  expect(new Set(refused).size).toBe(1);
  expect(refused[0]).toMatch(/^UNAUTHENTICATED /);
});

test("a level of the API that is ahead is refused with the reason", async () => {
  const { call, token } = await open();
  await expect(call([token], "9.0")).rejects.toMatchObject({ code: "FAILED_PRECONDITION", message: expect.stringContaining("9.0") });
});
