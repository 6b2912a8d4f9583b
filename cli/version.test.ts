import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { VERSION, VERSION_LINE } from "./version.ts";

test("is the package's version, on a line that scripts of agents know as the right kind of program", () => {
  expect(VERSION).toBe(manifest.version);
  expect(VERSION_LINE).toMatch(new RegExp(`^Proviso v${VERSION} .*Coder`));
});
