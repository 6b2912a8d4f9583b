/** Asks every GET of the API document, of every object of a world. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Api, createApi } from "#test/e2e/harness/api.ts";

const DOCUMENT = join(import.meta.dirname, "../../docs/api/openapi.json");

/** What may stand in a path. Names and IDs both. */
export interface Known {
  readonly organizations: readonly string[];
  readonly users: readonly string[];
  readonly templates: readonly string[];
  readonly versions: readonly string[];
  readonly workspaces: readonly string[];
  readonly builds: readonly string[];
  readonly agents: readonly string[];
  readonly jobs: readonly string[];
  readonly files: readonly string[];
  readonly keys: readonly string[];
}

export interface CrawledAnswer {
  readonly path: string;
  readonly status: number;
  readonly text: string;
}

/** Asks with one credential. An answer that follows a log ends because what it follows has ended. */
export async function crawl(api: Pick<Api, "url">, token: string, known: Known): Promise<readonly CrawledAnswer[]> {
  const { paths } = JSON.parse(await readFile(DOCUMENT, "utf8")) as { paths: Record<string, Record<string, unknown>> };
  const answers: CrawledAnswer[] = [];
  for (const path of Object.keys(paths).filter((path) => paths[path]?.get !== undefined && path.startsWith("/api/v2/"))) {
    for (const filled of fill(path.slice("/api/v2".length), known)) {
      for (const query of QUERIES[filled.split("/").at(-1) ?? ""] ?? [""]) {
        const { status, body } = await createApi(api.url, token).call("GET", `${filled}${query}`);
        answers.push({ path: `${filled}${query}`, status, text: typeof body === "string" ? body : JSON.stringify(body) });
      }
    }
  }
  return answers;
}

/** What widens an answer, by the last part of the path. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  state: ["", "?late=true"],
  tokens: ["?include_all=true&include_expired=true"],
  "external-auth": ["?id=demo", "?match=demo.example.com", ""],
  gitauth: ["?match=demo.example.com"],
  logs: ["", "?format=text"],
};

/** Every path that a pattern stands for. */
function fill(pattern: string, known: Known): readonly string[] {
  const parameter = /\{(\w+)\}/.exec(pattern);
  if (parameter === null) return [pattern];
  const [before = "", name = ""] = [pattern.slice(0, parameter.index), parameter[1]];
  return valuesOf(before, name, known).flatMap((value) => fill(pattern.replace(`{${name}}`, encodeURIComponent(value)), known));
}

function valuesOf(before: string, name: string, known: Known): readonly string[] {
  switch (name) {
    case "organization":
      return known.organizations;
    case "user":
      return known.users;
    case "template":
      return known.templates;
    case "version":
      return known.versions;
    case "workspace":
      return known.workspaces;
    case "agent":
      return known.agents;
    case "job":
      return known.jobs;
    case "file":
      return known.files;
    case "keyname":
    case "keyid":
      return known.keys;
    case "number":
      return ["1", "2"];
    case "name":
      return before.includes("/workspace/") ? known.workspaces : known.templates;
    case "id":
      return before.includes("/templateversions/") ? known.versions : known.builds;
    default:
      throw new Error(`nobody has said what stands for {${name}} after ${before}`);
  }
}
