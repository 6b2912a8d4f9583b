import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { Logger } from "pino";
import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { createLog, type LogOptions } from "./log.ts";

async function logged(options: Pick<LogOptions, "format" | "level">, write: (log: Logger) => void): Promise<string> {
  const out = new PassThrough();
  write(createLog({ out, ...options }));
  out.end();
  return text(out);
}

const human = (write: (log: Logger) => void) => logged({ format: "human", level: "info" }, write);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

test("writes a line an entry, and quotes values that hold more than a word", async () => {
  const line = await human((log) => log.info({ job: "a1", why: 'no "luck"', count: 3, empty: "" }, "it ended"));
  expect(line).toMatch(TIME);
  expect(line.replace(TIME, "")).toBe('info  it ended job=a1 why="no \\"luck\\"" count=3 empty=""\n');
});

test("keeps the stack of an error readable", async () => {
  const lines = await human((log) => log.error({ err: new Error("broken") }, "failed"));
  expect(lines).toMatch(/ error failed err=Error: broken\n {4}at /);
});

for (const { level, words } of [
  { level: "info", words: ["info", "warn"] },
  { level: "debug", words: ["debug", "info", "warn"] },
] as const) {
  test(`from ${level} on it writes ${words.join(" and ")}`, async () => {
    const lines = await logged({ format: "human", level }, (log) => {
      log.trace("x");
      log.debug("x");
      log.info("x");
      log.warn("x");
    });
    expect(lines.match(/(?<=Z )\w+/g)).toEqual(words);
  });
}

test("writes an object a line as JSON", async () => {
  const line = await logged({ format: "json", level: "info" }, (log) => log.info({ job: "a1" }, "it ended"));
  expect(JSON.parse(line)).toEqual({ level: 30, time: expect.any(Number), job: "a1", msg: "it ended" });
});

for (const format of ["human", "json"] as const) {
  test(`lets no secret through in ${format} form, wherever it stands`, async () => {
    const secret = formatSecret("provisioner");
    const line = await logged({ format, level: "info" }, (log) => log.info({ key: secret, args: [`--key=${secret}`] }, `with ${secret}`));
    expect(line).not.toContain(secret);
    expect(line).toContain("with ");
  });
}
