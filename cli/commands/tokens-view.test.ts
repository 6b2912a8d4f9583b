import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { API_KEY } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const BY_NAME = "/users/me/keys/tokens/ci";
const BY_ID = `/users/me/keys/${API_KEY.id}`;
const BOUND = { ...API_KEY, boundary: { scopes: ["workspace:read"], expires_at: "2026-03-01T00:00:00.9Z" } };

test("shows a token with its boundary, by its name", async () => {
  await using api = await startFakeApi({ [`GET ${BY_NAME}`]: BOUND });
  const { code, stdout } = await api.run(["tokens", "view", "ci", "-c", "name,description,boundary"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nci +for the nightly run +workspace:read until 2026-03-01T00:00:00Z\n$/);
});

test("shows it by its id too, another user's with --user", async () => {
  await using api = await startFakeApi({ [`GET ${BY_ID.replace("me", "bob")}`]: API_KEY });
  const { stdout } = await api.run(["tokens", "view", API_KEY.id, "--user", "bob", "-o", "json"]);
  expect(JSON.parse(stdout)).toEqual([API_KEY]);
});

test("sends and prints no more of a pasted token than its id", async () => {
  const token = `${API_KEY.id}-${formatSecret("token")}`;
  await using api = await startFakeApi({});
  const { code, stderr } = await api.run(["tokens", "view", token]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(new RegExp(`^error: .*${API_KEY.id}\\b`)) });
  expect(stderr).not.toContain(token.slice(15));
  expect(api.asked.map(({ request }) => request)).toEqual([`GET ${BY_ID}`]);
});
