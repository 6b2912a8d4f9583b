/**
 * Asks the server every request of the authorization matrix: `npm run test:matrix`. Closes with a line `matrix: N passed, N failed`.
 *
 * - `-- --seed=TEXT`: a tenth, which the text chooses
 * - `-- --route=TEXT`: only routes whose method and path contain the text
 * - `-- --by-changes`: for CI; in full if the last commits touch what decides, else the tenth that the commit's hash chooses
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";
import { extentOf } from "./matrix-extent.ts";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { seed: { type: "string" }, route: { type: "string" }, "by-changes": { type: "boolean" } } });
const extent = values["by-changes"] ? extentOf(root) : undefined;
const seed = extent?.kind === "tenth" ? extent.seed : values.seed;
if (extent !== undefined) console.log(`matrix: ${extent.kind === "full" ? "in full" : "a tenth"}, ${extent.why}`);
if (seed !== undefined) console.log(`matrix: the seed is ${seed}; to repeat it: npm run test:matrix -- --seed=${seed}`);

process.chdir(root);
process.env.CHECKPOINT_DISABLE = "1";
if (seed !== undefined) process.env.MATRIX_SEED = seed;
if (values.route !== undefined) process.env.MATRIX_ROUTE = values.route;
const vitest = await startVitest([], { run: true, include: ["test/authorization/full/*.matrix.ts"], reporters: ["default"] });
const modules = vitest.state.getTestModules();
const results = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
const passed = results.filter((state) => state === "passed").length;
// A file that fails to load has no failed test, but it has failed; and so has a run that asked nothing.
const broken = modules.filter((module) => module.children.size === 0).length + vitest.state.getUnhandledErrors().length;
const failed = results.length - passed + broken || (passed === 0 ? 1 : 0);
await vitest.close();
console.log(`matrix: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
