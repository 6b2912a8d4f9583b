import { expect, test } from "vitest";
import { perMinute } from "./rate-limit.ts";

test("a limit holds for a minute, and 0 is none", () => {
  expect(perMinute(12)).toEqual({ rateLimit: { max: 12, timeWindow: 60_000 } });
  expect(perMinute(0)).toEqual({});
});
