import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { formatSize, meter } from "./transfer-progress.ts";

async function run(isTTY: boolean) {
  let written = "";
  const out = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written += String(chunk);
        done();
      },
    }),
    { isTTY },
  );
  let clock = 0;
  const parts = ReadableStream.from([new Uint8Array(512), new Uint8Array(1_024), new Uint8Array(2 << 20)]);
  let passed = 0;
  for await (const bytes of parts.pipeThrough(meter(out, { verb: "Sent", totalBytes: 3 << 20, now: () => (clock += 60) })))
    passed += bytes.length;
  expect(passed).toBe(512 + 1_024 + (2 << 20));
  return written;
}

test("a terminal shows on one line how much has passed, and is clean afterwards", async () => {
  expect(await run(true)).toBe("\rSent 2 KiB of 3.0 MiB\u001b[K\r\u001b[K");
});

test("anything else gets the bytes alone", async () => {
  expect(await run(false)).toBe("");
});

test("sizes are given in the unit that people think in", () => {
  expect([0, 1_023, 1_024, 34_816, (1 << 20) - 1, 1 << 20, 13_107_200].map(formatSize)).toEqual([
    "0 bytes",
    "1023 bytes",
    "1 KiB",
    "34 KiB",
    "1024 KiB",
    "1.0 MiB",
    "12.5 MiB",
  ]);
});
