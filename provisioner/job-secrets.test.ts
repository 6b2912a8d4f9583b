import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { AcquiredJobSchema } from "#proto/gen/provisionerd_pb.js";
import { JobSecrets } from "./job-secrets.ts";

function build(value: object): JobSecrets {
  return new JobSecrets(create(AcquiredJobSchema, { type: { case: "workspaceBuild", value } }));
}

test("hides what a build was given of its owner, and sensitive values of variables, line by line", () => {
  const secrets = build({
    metadata: { workspaceOwnerSshPrivateKey: "-----BEGIN KEY-----\nfirst line of it\nsecond line\n-----END KEY-----\n" },
    externalAuthProviders: [{ id: "git", accessToken: "gho_something" }],
    variableValues: [
      { name: "secret", value: "a $ecret (value)", sensitive: true },
      { name: "region", value: "eu-central-1", sensitive: false },
      { name: "short", value: "1234567", sensitive: true },
    ],
  });
  expect(secrets.redact("first line of it, gho_something, a $ecret (value)!")).toBe("[redacted], [redacted], [redacted]!");
  const plain = "-----BEGIN KEY----- eu-central-1 1234567";
  expect(secrets.redact(plain)).toBe(plain);
});

test("hides what turns out to be a secret later on, the longer of two first", () => {
  const secrets = new JobSecrets(create(AcquiredJobSchema, { type: { case: "templateImport", value: {} } }));
  expect(secrets.redact("password1 password12")).toBe("password1 password12");
  secrets.add(["password1", "password12"]);
  expect(secrets.redact("password1 password12")).toBe("[redacted] [redacted]");
});
