/** A name that the API's paths use for something else could never be addressed, or would be taken for what it is not. */
import { expect, test } from "vitest";
import { unusedRoutes } from "../features.ts";
import { FieldChecks } from "../input/names.ts";
import { parseTokenWish } from "../tokens/token-request.ts";
import { describeRoutes } from "./described-routes.ts";

const UUID = /^[0-9a-f-]{36}$/;

/** How names that stand for a path's parameter are checked; null for parameters that are never a name that people choose. */
const CHECKS: Readonly<Record<string, ((name: string) => unknown) | null>> = {
  "{user}": (name) => new FieldChecks().username("username", name).done(),
  "{name}": (name) => new FieldChecks().templateName("name", name).provisionerKeyName("name", name).name("name", name).done(),
  "{version}": (name) => new FieldChecks().templateVersionName("name", name).done(),
  "{keyname}": (name) => parseTokenWish({ token_name: name }),
  "{keyid}": null, // ten random characters
  "{agent}": null, // a UUID
  "{organization}": (name) => new FieldChecks().name("name", name).done(),
};

test("no static segment of a path can be the name of what stands there", async () => {
  const paths = [...new Set((await describeRoutes(unusedRoutes())).map(({ path }) => path))].map((path) => path.split("/"));
  const words: string[] = [];
  for (const [at, parameter, prefix] of paths.flatMap((parts) =>
    parts.flatMap((part, index) => (part.startsWith("{") ? [[index, part, parts.slice(0, index).join("/")] as const] : [])),
  ))
    for (const other of paths) {
      const word = other[at] ?? "";
      const isBeside = word !== "" && !word.startsWith("{") && other.slice(0, at).join("/") === prefix;
      const check = CHECKS[parameter];
      if (!isBeside || check === null) continue;
      expect(check, `say how ${parameter} is checked, beside ${word}`).toBeTypeOf("function");
      expect(() => check?.(word), `${word} instead of ${parameter}`).toThrow();
      expect(() => check?.(word.toUpperCase()), `${word} in capitals`).toThrow();
      words.push(word);
    }
  expect(new Set(words)).toEqual(new Set(["authmethods", "first", "login", "logout", "roles", "tokenconfig", "validate-password"]));
});

test.each(["me", "ME", "Me", "\u{ff4d}\u{ff45}", "m\u0435", "me\u200b", "me ", " me", "me\n", "m.e", "oidc", "\u212aay"])(
  "a user cannot be called %j",
  (name) => expect(() => CHECKS["{user}"]?.(name)).toThrow(),
);

test("a name is never taken for an ID", () => {
  const id = "11111111-1111-4111-8111-111111111111";
  expect(UUID.test(id)).toBe(true);
  expect(() => new FieldChecks().username("username", id).done()).toThrow();
});
