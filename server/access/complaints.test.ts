import { expect, test } from "vitest";
import { tellOnce } from "./complaints.ts";

test("tells each complaint once, and others all the same", () => {
  const told: object[] = [];
  const tell = tellOnce((complaint) => void told.push(complaint));
  for (const keyId of ["a", "b", "a", "a", "b"]) tell({ keyId });
  expect(told).toEqual([{ keyId: "a" }, { keyId: "b" }]);
});

test("begins anew rather than remember without end", () => {
  const told: object[] = [];
  const tell = tellOnce((complaint) => void told.push(complaint));
  for (let id = 0; id < 1_000; id++) tell({ id });
  tell({ id: 0 });
  expect(told).toHaveLength(1_000);
  tell({ id: 1_000 });
  tell({ id: 0 });
  expect(told.slice(1_000)).toEqual([{ id: 1_000 }, { id: 0 }]);
});
