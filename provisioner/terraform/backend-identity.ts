import { createHash } from "node:crypto";
import type { Environment } from "./command.ts";
import type { ConfiguredBackend } from "./configured-backend.ts";
import { isJsonObject, type JsonObject, member } from "./json.ts";

/** A setting that is part of where a state is kept. */
interface Place {
  /** Its names in the configuration, with dots for nested ones; an older and a newer name mean the same. */
  readonly names: readonly string[];
  /** The variables that Terraform reads if the configuration has none. */
  readonly env?: readonly string[];
  readonly default?: string;
}

const at = (name: string, ...env: string[]): Place => ({ names: name.split("|"), env });
const or = (place: Place, value: string): Place => ({ ...place, default: value });

/** Which settings of each backend say where the state is. The others, such as credentials, regions and retries, may change freely. */
const PLACES: Readonly<Record<string, readonly Place[]>> = {
  azurerm: [at("storage_account_name"), at("container_name"), at("key"), or(at("environment", "ARM_ENVIRONMENT"), "public")],
  cloud: [or(at("hostname", "TF_CLOUD_HOSTNAME"), "app.terraform.io"), at("organization", "TF_CLOUD_ORGANIZATION"), at("workspaces")],
  consul: [at("address", "CONSUL_HTTP_ADDR"), at("datacenter"), at("path")],
  cos: [at("region", "TENCENTCLOUD_REGION"), at("bucket"), or(at("prefix"), "env:"), or(at("key"), "terraform.tfstate")],
  gcs: [at("storage_custom_endpoint", "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT"), at("bucket"), at("prefix")],
  http: [at("address", "TF_HTTP_ADDRESS")],
  kubernetes: [
    at("host", "KUBE_HOST"),
    at("config_path", "KUBE_CONFIG_PATH"),
    at("config_paths", "KUBE_CONFIG_PATHS"),
    at("config_context", "KUBE_CTX"),
    or(at("namespace", "KUBE_NAMESPACE"), "default"),
    at("secret_suffix"),
  ],
  oss: [
    at("endpoint", "ALICLOUD_OSS_ENDPOINT", "OSS_ENDPOINT"),
    at("region", "ALICLOUD_REGION"),
    at("bucket"),
    or(at("prefix"), "env:"),
    or(at("key"), "terraform.tfstate"),
  ],
  pg: [
    at("conn_str", "PG_CONN_STR", "PGHOST"),
    { names: [], env: ["PGDATABASE"] },
    or(at("schema_name", "PG_SCHEMA_NAME"), "terraform_remote_state"),
  ],
  remote: [or(at("hostname"), "app.terraform.io"), at("organization"), at("workspaces")],
  s3: [
    at("endpoints.s3|endpoint", "AWS_ENDPOINT_URL_S3", "AWS_S3_ENDPOINT", "AWS_ENDPOINT_URL"),
    at("bucket"),
    or(at("workspace_key_prefix"), "env:"),
    at("key"),
  ],
};

/** Settings of backends that we do not know, by names that hardly say where something is. */
const SECRET = /password|secret|token|credential|private_key|access_key/i;

/**
 * Identifies the state that a backend keeps: equal for two jobs that would share it, whatever their credentials. Different spellings of one
 * place may be missed.
 *
 * @param env what Terraform would read from its environment
 * @returns 32 bytes, from which no setting can be read
 */
export function backendIdentity({ type, config, workspace }: ConfiguredBackend, env: Environment): Uint8Array {
  const places = PLACES[type];
  const where = places === undefined ? withoutSecrets(config) : places.map((place) => valueAt(place, config, env));
  return createHash("sha256")
    .update(canonicalJson([type, where, workspace]))
    .digest();
}

function valueAt({ names, env: variables = [], default: value }: Place, config: JsonObject, env: Environment): unknown {
  const given = names.map((name) => settingOf(config, name.split("."))).find((found) => found !== undefined && found !== null);
  const fromEnv = (): string | undefined => variables.map((name) => env[name]).find((found) => found !== undefined && found !== "");
  const found = given ?? fromEnv() ?? value ?? null;
  return typeof found === "string" ? withoutCredentials(found) : found;
}

/** Follows the names into nested settings, through lists of one object, as Terraform writes blocks. */
function settingOf(value: unknown, names: readonly string[]): unknown {
  const [name, ...more] = names;
  if (name === undefined) return value;
  const object = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return isJsonObject(object) ? settingOf(member(object, name), more) : undefined;
}

/** Removes user and password from a URL, and from PostgreSQL's other form of connection strings. */
function withoutCredentials(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && URL.canParse(text)) {
    const url = new URL(text);
    [url.username, url.password, url.hash] = ["", "", ""];
    return url.href;
  }
  return text.replace(/\b(user|password)\s*=\s*('(?:[^'\\]|\\.)*'|\S+)\s*/g, "").trim();
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, inner]) => (SECRET.test(name) ? [] : [[name, withoutSecrets(inner)]])));
}

/** JSON that is equal for equal values: names in order, and without nulls, because a setting that is left out is null. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, inner]) => inner !== null)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(",")}}`;
}
