import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { ApiError } from "#sdk/api-error.ts";
import { describeFailure } from "./describe-failure.ts";
import { CanceledError, CliError } from "./failure.ts";

const api = (status: number, body: ConstructorParameters<typeof ApiError>[2]) => new ApiError("POST /api/v2/x", status, body);

for (const { what, error, lines } of [
  { what: "nothing for a user who answered no", error: new CanceledError("no"), lines: [] },
  { what: "a failure with its further lines", error: new CliError("a", { details: ["b"] }), lines: ["error: a", "b"] },
  {
    what: "what the server said, field by field",
    error: api(400, { message: "Validation failed.", detail: "d", validations: [{ field: "name", detail: "too long" }] }),
    lines: ["error: Validation failed.", "\tname: too long", "d"],
  },
  { what: "how to log in again", error: api(401, { message: "No." }), lines: ["error: No.", "Log in with `proviso login <url>`."] },
  {
    what: "why something may be hidden",
    error: api(404, { message: "Not found, or you do not have access to it." }),
    lines: [
      "error: Not found, or you do not have access to it.",
      "A token can see only what its scopes and allow list permit; show them with `proviso whoami`.",
    ],
  },
  { what: "no more of a path that is not there", error: api(404, { message: "Route not found." }), lines: ["error: Route not found."] },
  {
    what: "why the server cannot be reached",
    error: new TypeError("fetch failed", { cause: new AggregateError([new Error("connect ECONNREFUSED 127.0.0.1:1")]) }),
    lines: ["error: cannot reach the server: connect ECONNREFUSED 127.0.0.1:1"],
  },
  { what: "no secret, wherever it came from", error: new Error(`bad token ${formatSecret("agent")}`), lines: ["error: bad token pva_..."] },
]) {
  test(`says ${what}`, () => expect(describeFailure(error, { verbose: false }).lines).toEqual(lines));
}

test("adds the request when asked for more", () => {
  expect(describeFailure(api(500, { message: "m" }), { verbose: true }).lines).toContain("POST /api/v2/x returned status 500");
});
