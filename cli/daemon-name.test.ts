import fc from "fast-check";
import { test } from "vitest";
import { daemonName } from "./daemon-name.ts";

test("makes a name that the server takes of every host name, and keeps the suffix", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.option(fc.stringMatching(/^\d{1,3}$/), { nil: undefined }), (hostname, suffix) => {
      const name = daemonName(hostname, suffix);
      return /^(?=.{1,64}$)[a-zA-Z0-9]+(-+[a-zA-Z0-9]+)*$/.test(name) && (suffix === undefined || name.endsWith(`-${suffix}`));
    }),
  );
});
