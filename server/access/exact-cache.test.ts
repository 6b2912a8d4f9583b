import { expect, test } from "vitest";
import type { Stamp } from "../database/stamp.ts";
import { exactCache } from "./exact-cache.ts";

function stampOf(read: () => number): Stamp {
  return Object.assign(() => read(), { own: read });
}

test("keeps a value until the stamp moves", async () => {
  let stamp = 1;
  const cache = exactCache<string>(stampOf(() => stamp));
  expect(cache.find("a")).toBeUndefined();
  expect(await cache.load("a", async () => "old")).toBe("old");
  expect(cache.find("a")).toBe("old");
  stamp++;
  expect(cache.find("a")).toBeUndefined();
});

test("returns a value that was read while somebody wrote, but does not keep it", async () => {
  let stamp = 1;
  const cache = exactCache<string>(stampOf(() => stamp));
  const value = await cache.load("a", async () => {
    stamp++;
    return "old or new";
  });
  expect(value).toBe("old or new");
  expect(cache.find("a")).toBeUndefined();
});

test("does not keep a value if another look has seen a write in the meantime", async () => {
  let stamp = 1;
  const cache = exactCache<string>(stampOf(() => stamp));
  const value = await cache.load("a", async () => {
    stamp++;
    cache.find("b");
    return "old";
  });
  expect(value).toBe("old");
  expect(cache.find("a")).toBeUndefined();
});

test("keeps neither absences nor failures, and no more than its limit", async () => {
  const cache = exactCache<string>(
    stampOf(() => 1),
    2,
  );
  await cache.load("a", async () => undefined);
  expect(cache.find("a")).toBeUndefined();
  const failure = new Error("no database");
  await expect(cache.load("a", () => Promise.reject(failure))).rejects.toBe(failure);
  expect(cache.find("a")).toBeUndefined();
  for (const key of ["a", "b", "c"]) await cache.load(key, async () => key);
  expect(["a", "b", "c"].filter((key) => cache.find(key) !== undefined).length).toBeLessThanOrEqual(2);
  expect(cache.find("c")).toBe("c");
});

test("keeps nothing without a stamp", async () => {
  const cache = exactCache<string>(undefined);
  expect(await cache.load("a", async () => "value")).toBe("value");
  expect(cache.find("a")).toBeUndefined();
});

test("looks once for all callers of one turn, after the last of them", async () => {
  let [stamp, looks] = [1, 0];
  const look = (): number => {
    looks++;
    return stamp;
  };
  const counted = Object.assign(look, { own: () => stamp });
  const cache = exactCache<string>(counted);
  await cache.load("a", async () => "old");
  looks = 0;
  const asked = [cache.findTogether("a"), cache.findTogether("a")];
  expect(await Promise.all(asked)).toEqual(["old", "old"]);
  expect(looks).toBe(1);
  // Written after the first call: none of the callers may get the old value.
  const first = cache.findTogether("a");
  stamp++;
  expect(await Promise.all([first, cache.findTogether("a")])).toEqual([undefined, undefined]);
});

test("does not return a value that somebody woken by the same look has overwritten", async () => {
  let own = 1;
  const cache = exactCache<string>(Object.assign(() => 1, { own: () => own }));
  await cache.load("a", async () => "old");
  expect(await cache.findTogether("a")).toBe("old");
  own++;
  expect(await cache.findTogether("a")).toBeUndefined();
});

test("a look that fails rejects the callers, and does not end the process", async () => {
  const failure = new Error("disk gone");
  let fails = true;
  const look = (): number => {
    if (fails) throw failure;
    return 1;
  };
  const cache = exactCache<string>(Object.assign(look, { own: () => 1 }));
  await expect(cache.findTogether("a")).rejects.toBe(failure);
  fails = false;
  expect(await cache.findTogether("a")).toBeUndefined();
});
