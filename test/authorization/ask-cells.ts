/** The matrix over HTTP: what a server answers to cells, held against the tables. */
import { isDeepStrictEqual } from "node:util";
import { UserId } from "#server/ids.ts";
import { insertKey } from "../contracts/keys.ts";
import type { Case } from "./cases.ts";
import { type Cell, cellsOf, expectedOf, nameOf, type Tables } from "./cells.ts";
import type { Holder } from "./grants.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import type { Recipes } from "./recipe.ts";
import type { ScenePerson } from "./scene.ts";
import { allRows } from "./undo-log.ts";

export interface MatrixReport {
  readonly requests: number;
  /** By status. */
  readonly answers: Readonly<Record<number, number>>;
  readonly disagreements: readonly string[];
}

/** Which of a route's cells are asked. */
export type Choice = (cells: readonly Cell[]) => readonly Cell[];

/**
 * Asks each of the routes as each caller, and holds every answer against the tables. The database is afterwards as it was.
 *
 * @throws Error if it is not, or a route has no rule
 */
export async function askCells(world: MatrixWorld, recipes: Recipes, tables: Tables, choose: Choice): Promise<MatrixReport> {
  const { undoLog } = world;
  const { db } = world.world.store.system.core;
  const probes = { mia: await makeProbe(world, world.mia), olive: await makeProbe(world, world.olive) };
  const before = await allRows(db);
  await undoLog.keep();
  const disagreements: string[] = [];
  const answers: Record<number, number> = {};
  let requests = 0;
  for (const ofRoute of cellsOf(world, recipes, tables)) {
    // What is hidden must not be told from what is missing: by caller and status, all that they were answered.
    const bodies = new Map<string, Set<string>>();
    for (const cell of choose(ofRoute)) {
      const expected = expectedOf(tables.grants, cell);
      const probe = cell.holder.caller === "olive" ? probes.olive : probes.mia;
      const headers = await probe.hold(cell.holder);
      await undoLog.keep();
      const answer = await ask(world, cell.request, headers, cell.holder);
      await undoLog.undo();
      requests++;
      answers[answer.statusCode] = (answers[answer.statusCode] ?? 0) + 1;
      const { recipe } = cell.request;
      const wanted = expected.status ?? recipe.status;
      const complain = (what: string): void => void disagreements.push(`${nameOf(cell)}: ${what} (${cell.holder.allowList.join()})`);
      const told = answer.body.slice(0, 300);
      if (answer.statusCode !== wanted) {
        complain(`wanted ${wanted} ${expected.text ?? ""}, got ${answer.statusCode} ${told}`);
        continue;
      }
      if (expected.text !== undefined) {
        const { message, detail = message } = answer.json();
        if (!String(detail).startsWith(expected.text)) complain(`wanted ${expected.text}, got ${answer.body}`);
      } else if (expected.status !== undefined) {
        const like = `${cell.holder.caller}, ${expected.status}`;
        bodies.set(like, (bodies.get(like) ?? new Set()).add(answer.body));
      }
      const { shows } = recipe;
      if (expected.status === undefined && shows !== undefined && shows(answer.json()) === expected.isLeftOut)
        complain(`${expected.isLeftOut ? "shows what is to be left out" : "leaves out what is to be shown"}: ${told}`);
    }
    for (const [like, seen] of bodies)
      if (seen.size > 1) disagreements.push(`${ofRoute[0]?.route}, ${like} tells hidden from missing: ${[...seen].join(" ")}`);
  }
  for (const probe of Object.values(probes)) await probe.hold(PROBE);
  for (const [table, rows] of Object.entries(await allRows(db)))
    if (!isDeepStrictEqual(rows, before[table])) throw new Error(`${table} is not as it was: what was asked last was not what was meant`);
  for (const probe of Object.values(probes)) await probe.remove();
  await undoLog.keep();
  return { requests, answers, disagreements };
}

/** One request. @param holder whose scope and list a body may repeat */
export function ask({ app }: MatrixWorld, { method, url, recipe }: Case, headers: Readonly<Record<string, string>>, holder: Granted) {
  const { body } = recipe;
  const payload = typeof body === "function" ? body({ scopes: [holder.scope.name], allowList: holder.allowList }) : body;
  return app.inject({
    method: method as "GET",
    url,
    headers: { ...headers, ...recipe.headers },
    ...(payload !== undefined && { payload }),
  });
}

interface Granted {
  readonly scope: Pick<Holder["scope"], "name">;
  readonly allowList: readonly string[];
}

const PROBE: Granted = { scope: { name: "workspace:read" }, allowList: ["*:*"] };

/** A token whose scope and list are changed for each request, as if it were another one. */
async function makeProbe({ world }: MatrixWorld, caller: ScenePerson) {
  const { db } = world.store.system.core;
  const grant = ({ scope, allowList }: Granted) => ({ scopes: [scope.name], allow_list: allowList });
  const { key, secret } = await insertKey(world.store, {
    userId: UserId.parse(caller.id),
    loginType: "token",
    tokenName: "probe",
    scopes: [PROBE.scope.name],
    allowList: PROBE.allowList,
    lifetimeSeconds: 86_400,
  });
  // A use within the last minute is not written down again.
  await db.updateTable("api_keys").set({ last_used: world.clock.now(), ip_address: "127.0.0.1" }).where("id", "=", key.id).execute();
  return {
    hold: async (granted: Granted) => {
      await db.updateTable("api_keys").set(grant(granted)).where("id", "=", key.id).execute();
      return { "coder-session-token": secret };
    },
    remove: () => db.deleteFrom("api_keys").where("id", "=", key.id).execute(),
  };
}
