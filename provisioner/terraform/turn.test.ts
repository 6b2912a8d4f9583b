import { expect, test } from "vitest";
import { takeTurn } from "./turn.ts";

test("tasks of one name wait for each other, also after a failure, and not for those of another name", async () => {
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = takeTurn("a", async () => {
    await gate.promise;
    done.push("first");
    throw new Error("first failed");
  });
  const second = takeTurn("a", async () => {
    done.push("second");
    return 2;
  });
  await takeTurn("b", async () => done.push("other"));
  gate.resolve();
  await expect(first).rejects.toThrow("first failed");
  expect(await second).toBe(2);
  expect(done).toEqual(["other", "first", "second"]);
});
