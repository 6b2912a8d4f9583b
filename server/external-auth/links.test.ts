import { expect, test } from "vitest";
import { createEncryption, DecryptionError } from "../encryption/envelope.ts";
import { ANN, BOB } from "../tokens/keys.fixture.ts";
import { linkEntry, openLink, sealLink } from "./links.ts";

const core = { encryption: createEncryption([Buffer.alloc(32, 7)]) };
const at = new Date(0);
const LINK = { provider_id: "git", user_id: ANN, access_token: "at", refresh_token: "rt", expires_at: at, extra: { scope: "repo" } };

const rowOf = (link: typeof LINK) => ({
  provider_id: link.provider_id,
  user_id: link.user_id,
  created_at: at,
  updated_at: at,
  ...sealLink(core, link),
});

test("a link is stored with its tokens sealed, and opens as it was", () => {
  const row = rowOf(LINK);
  expect(Buffer.from(row.oauth_access_token).includes("at")).toBe(false);
  expect(openLink(core, row)).toEqual({ ...LINK, created_at: at, updated_at: at });
});

test("what a link does not have stays away", () => {
  const bare = { ...LINK, refresh_token: undefined, expires_at: undefined, extra: undefined };
  const row = { ...rowOf(LINK), ...sealLink(core, bare) };
  expect([row.oauth_refresh_token, row.oauth_expiry, row.oauth_extra]).toEqual([null, null, null]);
  expect(openLink(core, row)).toMatchObject(bare);
});

test("tokens opened as another user's, another provider's or in each other's place are refused", () => {
  const row = rowOf(LINK);
  for (const moved of [
    { ...row, user_id: BOB },
    { ...row, provider_id: "other" },
    { ...row, oauth_access_token: row.oauth_refresh_token ?? row.oauth_access_token },
  ])
    expect(() => openLink(core, moved)).toThrow(DecryptionError);
});

test("an entry about a link is about its user, and says which provider", () => {
  expect(linkEntry(LINK)).toEqual({ resourceType: "external_auth_link", resourceId: ANN, target: "git" });
});
