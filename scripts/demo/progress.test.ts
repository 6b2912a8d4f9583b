import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { SILENT, showProgress } from "./progress.ts";

/** What the steps of a demo print, on no terminal, with a clock that the steps move. */
function open() {
  const out = Object.assign(new PassThrough(), { isTTY: false, columns: 0 });
  let at = 0;
  const progress = showProgress(out as unknown as NodeJS.WriteStream, () => at);
  return { progress, advance: (ms: number) => (at += ms), printed: () => String(out.read() ?? "") };
}

test("a step prints one line with its time and what came of it, and hands its result on", async () => {
  const { progress, advance, printed } = open();
  const result = await progress.step(
    "Import the template",
    async () => advance(1_250),
    (ms) => `${ms} ms`,
  );
  expect(result).toBe(1_250);
  expect(printed()).toMatch(/^ {2}✔ Import the template +1\.3 s {2}1250 ms\n$/);
});

test("a step that fails prints that it failed, and fails", async () => {
  const { progress, printed } = open();
  const error = new Error("no Terraform");
  await expect(progress.step("Import the template", () => Promise.reject(error))).rejects.toBe(error);
  expect(printed()).toMatch(/^ {2}✘ Import the template +0\.0 s\n$/);
});

test("the silent one does the work all the same", async () => {
  expect(await SILENT.step("Import the template", async () => "done")).toBe("done");
});
