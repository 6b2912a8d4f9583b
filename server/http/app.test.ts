import pino from "pino";
import { Type } from "typebox";
import { describe, expect, onTestFinished, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { type CommandWorld, openCommandWorld } from "#test/contracts/command-world.ts";
import { openAgentWorld } from "#test/contracts/stored.ts";
import { NotAllowedError } from "../errors.ts";
import { createApp } from "./app.ts";
import { accessOf, agentOf, userOf } from "./authenticate.ts";
import type { App } from "./fastify-app.ts";

/** Two routes for everybody, and one for each kind of caller. */
async function openApp({ store, system }: Pick<CommandWorld, "store" | "system">): Promise<App> {
  const app = await createApp(
    {
      authentication: store.system.authentication,
      accessFor: (subject) => ({ ...system, subject }),
      log: pino({ level: "silent" }),
      accessUrl: () => "https://proviso.example.test",
    },
    {
      everybody: [
        (scope) => void scope.post("/echo", { schema: { body: Type.Object({ text: Type.String() }) } }, async ({ body }) => body),
        (scope) =>
          void scope.get("/fail", async ({ query }) => {
            throw Object(query).how === "refuse" ? new NotAllowedError("nobody may") : new Error("the database password is hunter2");
          }),
      ],
      users: [
        (scope) => void scope.get("/user", async (request) => ({ id: userOf(request).user.id, subject: accessOf(request).subject.origin })),
      ],
      agents: [(scope) => void scope.get("/agent", async (request) => ({ id: agentOf(request).identity.agent.id }))],
    },
  );
  onTestFinished(() => app.close());
  return app;
}

describe("an answer", () => {
  test("says which request it answers, and is harmless as a page", async () => {
    const app = await openApp(await openCommandWorld());
    const answer = await app.inject({ method: "POST", url: "/echo", payload: { text: "<script>a && b</script>" } });
    expect(answer.body).toBe('{"text":"\\u003cscript\\u003ea \\u0026\\u0026 b\\u003c/script\\u003e"}\n');
    expect(answer.json()).toEqual({ text: "<script>a && b</script>" });
    expect(answer.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-coder-build-version": expect.stringMatching(/^v\d/),
      "x-coder-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test("to an unknown address is a 404 in the form of all errors", async () => {
    const app = await openApp(await openCommandWorld());
    for (const url of ["/api/v2/nowhere", "/nowhere"]) {
      const { statusCode, headers, body } = await app.inject(url);
      expect([statusCode, headers["content-type"], Object.keys(JSON.parse(body))], url).toEqual([
        404,
        "application/json; charset=utf-8",
        ["message"],
      ]);
    }
  });

  test("to what went wrong tells what was refused on purpose, and nothing of what was not", async () => {
    const app = await openApp(await openCommandWorld());
    const refused = await app.inject("/fail?how=refuse");
    expect([refused.statusCode, refused.json().detail]).toEqual([403, expect.stringMatching(/nobody may/i)]);
    const failed = await app.inject("/fail");
    expect([failed.statusCode, failed.body.includes("hunter2")]).toEqual([500, false]);
  });
});

test("JSON may come as any type of content, and must be JSON", async () => {
  const app = await openApp(await openCommandWorld());
  const post = (contentType: string | undefined, payload: string) =>
    app.inject({ method: "POST", url: "/echo", payload, headers: contentType === undefined ? {} : { "content-type": contentType } });
  for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded", undefined])
    expect((await post(type, '{"text":"a"}')).statusCode, type).toBe(200);
  for (const payload of ["", "{", '"text"', '{"__proto__":{}}'])
    expect((await post("application/json", payload)).statusCode, payload).toBe(400);
  expect((await post("application/json", `{"text":"${"x".repeat(5 * 1024 * 1024)}"}`)).statusCode).toBe(413);
});

test("an address that a program put together with slashes too many is the same address", async () => {
  const app = await openApp(await openCommandWorld());
  expect((await app.inject({ method: "POST", url: "//echo", payload: { text: "a" } })).statusCode).toBe(200);
});

describe("who asks", () => {
  test("is a user by a key, with where the request came from, and nobody by anything else", async () => {
    const world = await openCommandWorld();
    const app = await openApp(world);
    const { secret } = await world.keyHolder(world.owner.user.id);
    const headers = { "coder-session-token": secret, "user-agent": "a test" };
    const { json } = await app.inject({ url: "/user", headers }).then((answer) => ({ json: answer.json() }));
    expect(json).toMatchObject({ id: world.owner.user.id, subject: { ipAddress: "127.0.0.1", userAgent: "a test" } });
    for (const token of ["", "wrong", formatSecret("agent")]) {
      const { statusCode, headers: answered } = await app.inject({ url: "/user", headers: { "coder-session-token": token } });
      expect([statusCode, answered["www-authenticate"]], token).toEqual([401, expect.stringMatching(/^Bearer /)]);
    }
    expect((await app.inject({ url: "/agent", headers })).statusCode).toBe(401);
  });

  test("is an agent by its token, and that is no user's", async () => {
    const token = formatSecret("agent");
    const { world, id } = await openAgentWorld({ auth: { case: "token", value: token } });
    const app = await openApp(world);
    const headers = { authorization: `Bearer ${token}` };
    expect((await app.inject({ url: "/agent", headers })).json()).toEqual({ id });
    expect((await app.inject({ url: "/user", headers })).statusCode).toBe(401);
  });
});
