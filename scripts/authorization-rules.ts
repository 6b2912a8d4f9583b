import { readFileSync } from "node:fs";
import type { DescribedRoute } from "#server/http/described-routes.ts";
import { formatRules } from "#test/authorization/rules.ts";

/** The last line that a hand writes. */
const HEAD = "\n| route | for | needs |\n|---|---|---|\n";

/**
 * The page of what each route asks authz, as it is to be: the text above its table stays, the rows are the routes' own.
 *
 * @param file the page as it is
 * @throws Error if it has no table
 */
export function authorizationRules(file: string, routes: readonly DescribedRoute[]): string {
  const [prose, table] = readFileSync(file, "utf8").split(HEAD);
  if (prose === undefined || table === undefined)
    throw new Error(`${file}: there is no line ${JSON.stringify(HEAD)} to write the rules below`);
  const rules = routes.map(({ method, path, audience, needs = [] }) => ({ route: `${method} ${path}`, audience, needs }));
  return `${prose}${HEAD}${formatRules(rules)}`;
}
