import { expect, test } from "vitest";
import { exactCache } from "./exact-cache.ts";

test("keeps a value until the stamp moves", async () => {
  let stamp = 1;
  const cache = exactCache<string>(() => stamp);
  expect(cache.find("a")).toBeUndefined();
  expect(await cache.load("a", async () => "old")).toBe("old");
  expect(cache.find("a")).toBe("old");
  stamp++;
  expect(cache.find("a")).toBeUndefined();
});

test("hands out what was read while somebody wrote, and does not keep it", async () => {
  let stamp = 1;
  const cache = exactCache<string>(() => stamp);
  const value = await cache.load("a", async () => {
    stamp++;
    return "old or new";
  });
  expect(value).toBe("old or new");
  expect(cache.find("a")).toBeUndefined();
});

test("does not keep what it read when another look has seen a write meanwhile", async () => {
  let stamp = 1;
  const cache = exactCache<string>(() => stamp);
  const value = await cache.load("a", async () => {
    stamp++;
    cache.find("b");
    return "old";
  });
  expect(value).toBe("old");
  expect(cache.find("a")).toBeUndefined();
});

test("keeps no absence, no failure, and no more than it may", async () => {
  const cache = exactCache<string>(() => 1, 2);
  await cache.load("a", async () => undefined);
  expect(cache.find("a")).toBeUndefined();
  const failure = new Error("no database");
  await expect(cache.load("a", () => Promise.reject(failure))).rejects.toBe(failure);
  expect(cache.find("a")).toBeUndefined();
  for (const key of ["a", "b", "c"]) await cache.load(key, async () => key);
  expect(["a", "b", "c"].filter((key) => cache.find(key) !== undefined).length).toBeLessThanOrEqual(2);
  expect(cache.find("c")).toBe("c");
});

test("keeps nothing where nothing tells of writes", async () => {
  const cache = exactCache<string>(undefined);
  expect(await cache.load("a", async () => "value")).toBe("value");
  expect(cache.find("a")).toBeUndefined();
});
