import { expect, test } from "vitest";
import { type ExternalAuthProvider, findProvider } from "./provider.ts";

function provider(id: string, match?: RegExp): ExternalAuthProvider {
  return { id, type: "github", displayName: id, displayIcon: "", match };
}

const PROVIDERS = [provider("hidden"), provider("hub", /^https:\/\/github\.com\//), provider("any", /^https:\/\//)];

for (const { by, id } of [
  { by: { id: "any" }, id: "any" },
  { by: { id: "hidden" }, id: "hidden" },
  { by: { id: "https://github.com/a" }, id: undefined },
  { by: { match: "https://github.com/a" }, id: "hub" },
  { by: { match: "https://example.com/a" }, id: "any" },
  { by: { match: "ssh://example.com/a" }, id: undefined },
  { by: { match: "hidden" }, id: undefined },
])
  test(`${JSON.stringify(by)} finds ${id ?? "none"}`, () => expect(findProvider(PROVIDERS, by)?.id).toBe(id));
