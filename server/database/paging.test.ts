import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { type Page, paged } from "./paging.ts";

test("a page is cut out of the list, an offset without a limit too, and a limit of 0 is none", async () => {
  const { core, person } = await openCommandWorld();
  for (const name of ["a", "b", "c"]) await person(name);
  const page = async (wanted: Page) => {
    const rows = await paged(core.db.selectFrom("users").select("username").orderBy("username"), wanted).execute();
    return rows.map(({ username }) => username).join(" ");
  };
  expect(await page({})).toBe("a b c olive");
  expect(await page({ limit: 0, offset: 0 })).toBe("a b c olive");
  expect(await page({ limit: 2 })).toBe("a b");
  expect(await page({ limit: 2, offset: 1 })).toBe("b c");
  expect(await page({ offset: 3 })).toBe("olive");
  expect(await page({ limit: 0, offset: 9 })).toBe("");
});
