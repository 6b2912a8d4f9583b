import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { readLogTail } from "./child-process.ts";

test("of a log the last lines are shown, without a secret that stands there", () => {
  const folder = mkdtempSync(join(tmpdir(), "proviso-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const secret = formatSecret("agent");
  const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`);
  writeFileSync(join(folder, "log"), `${[...lines, `token ${secret}`].join("\n")}\n`);
  const tail = readLogTail(join(folder, "log")).split("\n");
  expect(tail.slice(0, 2)).toEqual(["line 26", "line 27"]);
  expect(tail).toHaveLength(15);
  expect(tail.at(-1)).toMatch(/^token /);
  expect(tail.join("\n")).not.toContain(secret);
});
