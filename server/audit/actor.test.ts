import { expect, test } from "vitest";
import { SYSTEM } from "#authz/subject.ts";
import { ANN } from "../tokens/keys.fixture.ts";
import { actorOf } from "./actor.ts";

const origin = { requestId: "r", ipAddress: "192.0.2.7", userAgent: "a test" };

test("a user acts with the key that was shown, an agent for its owner with none", () => {
  const user = { kind: "user", id: ANN, credential: { kind: "token", id: "token00001" }, origin } as const;
  expect(actorOf(user)).toEqual({ userId: ANN, apiKeyId: "token00001", origin });
  const agent = { kind: "agent", id: ANN, credential: { kind: "agent", id: "agent-1" }, origin } as const;
  expect(actorOf(agent)).toEqual({ userId: ANN, agentId: "agent-1", origin });
});

test("the server itself is nobody until it says in whose name it works", () => expect(actorOf(SYSTEM)).toBeUndefined());
