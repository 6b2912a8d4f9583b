import { describe, expect, test } from "vitest";
import { DeniedError } from "#authz/denied-error.ts";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import { agentExternalAuth } from "./git-token.ts";
import { putLink } from "./put-link.ts";

async function open(type = "github") {
  const { person, accessOf, clock } = await openCommandWorld();
  const { user, access } = await person("milo");
  const provider = { id: "a git", type, displayName: "Git", displayIcon: "", match: /^https:\/\/git\.example\// };
  const deps = { access, ownerId: user.id, providers: [provider], accessUrl: "https://proviso.example.test", now: clock.now() };
  const link = (expires_at?: Date) =>
    putLink(access, { provider_id: "a git", user_id: user.id, access_token: "at", refresh_token: "rt", expires_at, extra: undefined });
  return { deps, link, user, accessOf, clock };
}

describe("a link that can be used", () => {
  for (const { type, username, password } of [
    { type: "github", username: "at", password: "" },
    { type: "gitlab", username: "oauth2", password: "at" },
    { type: "bitbucket-cloud", username: "x-token-auth", password: "at" },
    { type: "bitbucket-server", username: "x-token-auth", password: "at" },
  ])
    test(`gives Git what ${type} wants, and never the token that makes others`, async () => {
      const { deps, link } = await open(type);
      await link();
      const answer = await agentExternalAuth(deps, { id: "a git" });
      expect(answer).toMatchObject({ access_token: "at", type, username, password, url: "" });
      expect(JSON.stringify(answer)).not.toContain("rt");
      expect(await agentExternalAuth(deps, { match: "https://git.example/a.git" })).toEqual(answer);
    });
});

test("without a link, or with one that has expired, there is an address where to make one", async () => {
  const { deps, link, clock } = await open();
  const unlinked = { access_token: "", url: "https://proviso.example.test/external-auth/a%20git", username: "", password: "" };
  expect(await agentExternalAuth(deps, { id: "a git" })).toMatchObject(unlinked);
  await link(clock.now());
  expect(await agentExternalAuth(deps, { id: "a git" })).toMatchObject(unlinked);
  await link(new Date(clock.now().getTime() + 1));
  expect(await agentExternalAuth(deps, { id: "a git" })).toMatchObject({ access_token: "at", expires_at: expect.any(String) });
});

test("who may not know is refused before anything else is looked at", async () => {
  const { deps, user, accessOf } = await open();
  const narrow = { ...deps, access: await accessOf(user.id, { scopes: ["workspace:read"] }) };
  for (const wanted of [{ id: "a git" }, { id: "none" }, {}]) await expect(agentExternalAuth(narrow, wanted)).rejects.toThrow(DeniedError);
});

test("exactly one of id and match is asked for, and must mean a provider", async () => {
  const { deps } = await open();
  for (const wanted of [{}, { id: "a git", match: "https://git.example/" }, { id: "" }])
    await expect(agentExternalAuth(deps, wanted)).rejects.toThrow(InvalidInputError);
  for (const wanted of [{ id: "none" }, { match: "https://other.example/" }])
    await expect(agentExternalAuth(deps, wanted)).rejects.toThrow(NotFoundError);
});
