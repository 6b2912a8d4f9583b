import { expect, test } from "vitest";
import { parseExternalAuthProviders } from "./external-auth-providers.ts";

test("reads numbered providers in the order of their numbers, old names too", () => {
  const providers = parseExternalAuthProviders({
    CODER_EXTERNAL_AUTH_10_TYPE: "gitlab",
    CODER_EXTERNAL_AUTH_10_CLIENT_ID: "b",
    CODER_GITAUTH_2_ID: "primary",
    CODER_GITAUTH_2_TYPE: "github",
    CODER_GITAUTH_2_CLIENT_ID: "a",
    CODER_GITAUTH_2_DISPLAY_NAME: "Ours",
    CODER_URL: "http://x",
  });
  expect(providers).toMatchObject([
    { id: "primary", type: "github", displayName: "Ours" },
    { id: "gitlab", type: "gitlab", displayName: "GitLab" },
  ]);
  expect(providers[0]?.match?.test("https://github.com/a/b")).toBe(true);
  expect(providers[0]?.match?.test("https://evil.example/github.com/a/b")).toBe(false);
});

test("an unknown kind of service matches no URL until it is told which", () => {
  const env = { CODER_EXTERNAL_AUTH_0_TYPE: "forge", CODER_EXTERNAL_AUTH_0_CLIENT_ID: "a" };
  expect(parseExternalAuthProviders(env)[0]?.match).toBeUndefined();
  expect(parseExternalAuthProviders({ ...env, CODER_EXTERNAL_AUTH_0_REGEX: "forge" })[0]?.match?.test("forge")).toBe(true);
});

const VALID = { CODER_EXTERNAL_AUTH_0_TYPE: "github", CODER_EXTERNAL_AUTH_0_CLIENT_ID: "a" };
for (const { what, env, says } of [
  { what: "a provider without a type", env: { CODER_EXTERNAL_AUTH_0_ID: "x" }, says: "set CODER_EXTERNAL_AUTH_0_TYPE" },
  { what: "a provider without a client id", env: { CODER_EXTERNAL_AUTH_0_TYPE: "github" }, says: "set CODER_EXTERNAL_AUTH_0_CLIENT_ID" },
  {
    what: "a misspelt setting",
    env: { ...VALID, CODER_EXTERNAL_AUTH_0_CLIENTID: "a" },
    says: "CODER_EXTERNAL_AUTH_0_CLIENTID is not a setting",
  },
  { what: "an id that is no name", env: { ...VALID, CODER_EXTERNAL_AUTH_0_ID: "a b" }, says: '"a b" is not a valid external-auth ID' },
  { what: "a pattern that is none", env: { ...VALID, CODER_EXTERNAL_AUTH_0_REGEX: "(" }, says: "REGEX of external-auth provider" },
  {
    what: "two providers of one id",
    env: { ...VALID, CODER_EXTERNAL_AUTH_1_TYPE: "github", CODER_EXTERNAL_AUTH_1_CLIENT_ID: "b" },
    says: 'two external-auth providers have the ID "github"',
  },
]) {
  test(`refuses ${what}`, () => expect(() => parseExternalAuthProviders(env)).toThrow(says));
}
