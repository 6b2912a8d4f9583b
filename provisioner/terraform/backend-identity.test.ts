import { expect, test } from "vitest";
import { backendIdentity } from "./backend-identity.ts";
import type { ConfiguredBackend } from "./configured-backend.ts";
import type { JsonObject } from "./json.ts";

type Given = {
  readonly type: string;
  readonly config: JsonObject;
  readonly env?: Readonly<Record<string, string>>;
  readonly workspace?: string;
};

function identity({ type, config, env = {}, workspace = "default" }: Given): string {
  const backend: ConfiguredBackend = { type, config, workspace };
  return Buffer.from(backendIdentity(backend, env)).toString("hex");
}

const http = (config: JsonObject, env?: Record<string, string>): Given => ({ type: "http", config, ...(env && { env }) });
const s3 = (config: JsonObject): Given => ({ type: "s3", config: { bucket: "b", key: "k", ...config } });
const other = (config: JsonObject): Given => ({ type: "oracle", config });

for (const { what, left, right } of [
  {
    what: "other credentials",
    left: http({ address: "https://a/s", password: "x" }),
    right: http({ address: "https://a/s", password: null }),
  },
  { what: "credentials in the URL", left: http({ address: "https://u:p@a/s" }), right: http({ address: "https://A:443/s" }) },
  {
    what: "the address from the environment",
    left: http({ address: null }, { TF_HTTP_ADDRESS: "https://a/s" }),
    right: http({ address: "https://a/s" }),
  },
  { what: "another region, encrypted", left: s3({ region: "eu-west-1", encrypt: true }), right: s3({ region: null }) },
  { what: "the older name of the endpoint", left: s3({ endpoint: "https://m/" }), right: s3({ endpoints: [{ s3: "https://m" }] }) },
  {
    what: "other users of a database",
    left: { type: "pg", config: { conn_str: "postgres://u:p@h/d" } },
    right: { type: "pg", config: { conn_str: "postgres://v@h/d", schema_name: "terraform_remote_state" } },
  },
  {
    what: "other users of a database in its other form",
    left: { type: "pg", config: { conn_str: "host=h user=u password='it\\'s x' dbname=d" } },
    right: { type: "pg", config: { conn_str: "host=h dbname=d" } },
  },
  {
    what: "the default host",
    left: { type: "cloud", config: { hostname: null } },
    right: { type: "cloud", config: { hostname: "app.terraform.io" } },
  },
  { what: "an unknown backend in another order", left: other({ a: 1, b: { c: 2, d: null } }), right: other({ b: { c: 2 }, a: 1 }) },
  { what: "an unknown backend with another secret", left: other({ a: 1, api_token: "x" }), right: other({ a: 1, api_token: "y" }) },
] satisfies { what: string; left: Given; right: Given }[]) {
  test(`is the same with ${what}`, () => expect(identity(left)).toBe(identity(right)));
}

for (const { what, left, right } of [
  { what: "another path", left: http({ address: "https://a/s" }), right: http({ address: "https://a/t" }) },
  { what: "another query", left: http({ address: "https://a/s?w=1" }), right: http({ address: "https://a/s?w=2" }) },
  {
    what: "another address in the environment",
    left: http({}, { TF_HTTP_ADDRESS: "https://a" }),
    right: http({}, { TF_HTTP_ADDRESS: "https://b" }),
  },
  { what: "another key", left: s3({}), right: s3({ key: "l" }) },
  { what: "another endpoint", left: s3({}), right: s3({ endpoints: { s3: "https://m" } }) },
  { what: "another of Terraform's workspaces", left: s3({}), right: { ...s3({}), workspace: "two" } },
  {
    what: "another workspace in the cloud",
    left: { type: "cloud", config: { organization: "o", workspaces: { name: "a" } } },
    right: { type: "cloud", config: { organization: "o", workspaces: { name: "b" } } },
  },
  {
    what: "another schema",
    left: { type: "pg", config: { conn_str: "" } },
    right: { type: "pg", config: { conn_str: "", schema_name: "x" } },
  },
  { what: "another type", left: { type: "gcs", config: { bucket: "b" } }, right: { type: "oss", config: { bucket: "b" } } },
  { what: "another setting of an unknown backend", left: other({ a: 1 }), right: other({ a: 2 }) },
] satisfies { what: string; left: Given; right: Given }[]) {
  test(`differs with ${what}`, () => expect(identity(left)).not.toBe(identity(right)));
}
