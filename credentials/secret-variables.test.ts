import { expect, test } from "vitest";
import { isSecretVariable } from "./secret-variables.ts";

test("knows which variables hold secrets", () => {
  const secret = [
    "CODER_PROVISIONER_DAEMON_KEY",
    "CODER_PG_CONNECTION_URL",
    "CODER_SESSION_TOKEN",
    "CODER_AGENT_TOKEN",
    "CODER_EXTERNAL_AUTH_0_CLIENT_SECRET",
    "CODER_FIRST_USER_PASSWORD",
    "PROVISO_PASSWORD",
    "PGPASSWORD",
  ];
  expect(secret.filter((name) => !isSecretVariable(name))).toEqual([]);
  expect(["CODER_URL", "PROVISO_ISOLATION", "AWS_SECRET_ACCESS_KEY", "PGHOST", "PATH"].filter(isSecretVariable)).toEqual([]);
});
