/** The table of rules.md: what each route asks. `npm run generate` writes it, people review it, the matrix reads it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Rule {
  /** `GET /api/v2/workspaces/{workspace}` */
  readonly route: string;
  readonly audience: string;
  /** In the form of server/http/needs.ts. */
  readonly needs: readonly string[];
}

const ROW = /^\| `([A-Z]+ \/[^`]*)` \| (\w+) \| (.*) \|$/;
const BETWEEN = "<br>";

/** @throws Error for a row that is no rule */
export function readRules(): readonly Rule[] {
  const lines = readFileSync(join(import.meta.dirname, "rules.md"), "utf8").split("\n");
  return lines
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [, route, audience, needs] = ROW.exec(line) ?? [];
      if (route === undefined || audience === undefined || needs === undefined) throw new Error(`rules.md: ${line}`);
      return { route, audience, needs: needs === "-" ? [] : needs.split(BETWEEN) };
    });
}

export function formatRule({ route, audience, needs }: Rule): string {
  return `| \`${route}\` | ${audience} | ${needs.length === 0 ? "-" : needs.join(BETWEEN)} |`;
}

/** In the order of their paths. */
export function formatRules(rules: readonly Rule[]): string {
  const key = ({ route }: Rule): string => route.split(" ").toReversed().join(" ");
  const sorted = rules.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  return sorted.map((rule) => `${formatRule(rule)}\n`).join("");
}
