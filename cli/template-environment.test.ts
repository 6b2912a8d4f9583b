import { expect, test } from "vitest";
import { templateEnvironment } from "./template-environment.ts";

const env = { PATH: "/bin", PGPASSWORD: "s", PGHOST: "db", PGP_KEY: "k", AWS_REGION: "x" };

test("the way into the server's own database is nothing for templates", () => {
  expect(templateEnvironment(env, "postgres://db/proviso")).toEqual({ PATH: "/bin", PGP_KEY: "k", AWS_REGION: "x" });
});

test("without one, the same variables are there for templates", () => {
  expect(templateEnvironment(env, undefined)).toEqual(env);
});
