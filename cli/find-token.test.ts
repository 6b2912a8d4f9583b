import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { API_KEY } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";

const BY_ID = `GET /users/me/keys/${API_KEY.id}`;
const byName = (name: string) => `GET /users/me/keys/tokens/${name}`;

for (const { what, given, asked } of [
  { what: "its name", given: "ci", asked: [byName("ci")] },
  { what: "its id, which could be a name too", given: API_KEY.id, asked: [byName(API_KEY.id), BY_ID] },
  { what: "the whole token, asking for its id alone", given: `${API_KEY.id}-${formatSecret("token")}`, asked: [BY_ID] },
  { what: "a part of the token", given: `${API_KEY.id}-${formatSecret("token").slice(0, 20)}`, asked: [BY_ID] },
]) {
  test(`finds a token by ${what}`, async () => {
    await using api = await startFakeApi({ [byName("ci")]: API_KEY, [BY_ID]: API_KEY });
    expect((await api.run(["tokens", "view", given])).code).toBe(0);
    expect(api.asked.map(({ request }) => request)).toEqual(asked);
  });
}

test("a refusal is not taken for a token that is not there", async () => {
  await using api = await startFakeApi({ [byName("ci")]: refuse(403, "Forbidden."), [BY_ID]: API_KEY });
  expect(await api.run(["tokens", "view", "ci"])).toMatchObject({ code: 1, stderr: "error: Forbidden.\n" });
});

test("a session is shown, but has no usage of its own", async () => {
  await using api = await startFakeApi({ [BY_ID]: { ...API_KEY, login_type: "password" } });
  expect((await api.run(["tokens", "view", API_KEY.id])).code).toBe(0);
  const { code, stderr } = await api.run(["tokens", "usage", API_KEY.id]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(new RegExp(`^error: .*${API_KEY.id}`)) });
});
