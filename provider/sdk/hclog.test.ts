import { expect, test } from "vitest";
import { createHclog, panicText } from "./hclog.ts";

test("a line is one JSON object with six digits of a second, and no field can stand in for the host's own", () => {
  const lines: string[] = [];
  const log = createHclog(
    (line) => lines.push(line),
    () => Date.UTC(2026, 0, 2, 3, 4, 5, 67),
  );
  log("warn", "two\nlines", { tf_rpc: "ReadResource", attempt: 2, "@level": 7 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    "@level": "warn",
    "@message": "two\nlines",
    "@module": "provider",
    "@timestamp": "2026-01-02T03:04:05.067000Z",
    tf_rpc: "ReadResource",
    attempt: 2,
  });
});

test("a crash starts with the word that the host looks for", () => {
  expect(panicText(new Error("gone"))).toMatch(/^panic: Error: gone\n {4}at /);
  expect(panicText("gone")).toBe("panic: gone\n");
});
