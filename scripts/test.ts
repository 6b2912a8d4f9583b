/** Runs the tests: `npm test`, with any arguments of vitest after `--`. The last line is `tests: N passed, N failed`. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const directory = mkdtempSync(join(tmpdir(), "proviso-tests-"));
try {
  const report = join(directory, "report.json");
  const vitest = join(import.meta.dirname, "..", "node_modules", "vitest", "vitest.mjs");
  const { status } = spawnSync(
    process.execPath,
    [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
    { stdio: "inherit", env: { ...process.env, CHECKPOINT_DISABLE: "1" } },
  );
  const { numPassedTests, numFailedTests, numFailedTestSuites, success } = JSON.parse(readFileSync(report, "utf8"));
  // A file that fails to load counts as failed, although it has no failed test.
  const failed = numFailedTests > 0 || success ? numFailedTests : Math.max(1, numFailedTestSuites);
  console.log(`tests: ${numPassedTests} passed, ${failed} failed`);
  process.exitCode = status ?? 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
