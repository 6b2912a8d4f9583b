import { expect, test } from "vitest";
import { type Health, reportAppHealth } from "#agent/app-health.ts";

test("an app is healthy after one answer, and unhealthy after one silence more than its threshold", async () => {
  const controller = new AbortController();
  const answers = [false, true, false, false, false];
  const reports: Health[][] = [];
  let failures = 1;
  await reportAppHealth(
    [{ id: "app", url: "http://127.0.0.1/", intervalMs: 20, threshold: 2, isHealthy: false }],
    {
      isUp: async () => answers.shift() ?? false,
      // The first report is lost, and told again.
      send: async (healths) => {
        if (failures-- > 0) throw new Error("the connection is lost");
        reports.push([...healths.values()]);
        if (reports.length === 2) controller.abort();
      },
      tickMs: 1,
    },
    controller.signal,
  );
  expect(reports).toEqual([["healthy"], ["unhealthy"]]);
  expect(answers).toEqual([]);
});
