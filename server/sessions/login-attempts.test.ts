import { expect, test } from "vitest";
import { createLoginAttempts, type LoginAttempts } from "./login-attempts.ts";

function open(signedInFrom: ReadonlySet<string> = new Set(), mostEntries?: number) {
  let at = Date.UTC(2026, 0, 1);
  const asked: string[] = [];
  const attempts = createLoginAttempts({
    now: () => new Date(at),
    ...(mostEntries !== undefined && { mostEntries }),
    hasSignedInFrom: async (email, address) => {
      asked.push(`${email} ${address}`);
      return signedInFrom.has(address);
    },
  });
  const advance = (ms: number): void => {
    at += ms;
  };
  return { attempts, asked, advance };
}

/** How many of the tries were admitted, all of them with a wrong password. */
async function admitted(attempts: LoginAttempts, tries: number, from: (at: number) => string, email = "ann@example.com") {
  let count = 0;
  for (let at = 0; at < tries; at++) if ((await attempts.begin(email, from(at))).kind === "admitted") count++;
  return count;
}

const address = (at: number): string => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;

test("one network has ten tries, then one a minute", async () => {
  const { attempts, advance } = open();
  expect(await admitted(attempts, 30, () => "1.1.1.1")).toBe(10);
  expect(await attempts.begin("ann@example.com", "1.1.1.1")).toEqual({ kind: "refused", retryAfterSeconds: 60 });
  advance(60_000);
  expect(await admitted(attempts, 30, () => "1.1.1.1")).toBe(1);
});

test("an account has fifty tries for all networks, and each network three of its own", async () => {
  const { attempts } = open();
  expect(await admitted(attempts, 1_000, (at) => address(at % 5))).toBe(50);
  expect(await admitted(attempts, 10, () => "2.2.2.2")).toBe(3);
  expect(await admitted(attempts, 10, () => "3.3.3.3", "bob@example.com"), "another account").toBe(10);
});

test("the letter case of an account, and a network's other addresses, give no more tries", async () => {
  const { attempts } = open();
  expect(await admitted(attempts, 20, (at) => `2001:db8::${at + 1}`)).toBe(10);
  expect(await admitted(attempts, 5, () => "2001:db8::9999", "ANN@example.com")).toBe(0);
});

test("the networks of one IPv6 customer share the tries that are left when the account's are used up", async () => {
  const { attempts } = open();
  expect(await admitted(attempts, 1_000, (at) => `2001:db8:1:${at.toString(16)}::1`)).toBe(53);
  expect(await admitted(attempts, 10, () => "2001:db8:2::1"), "somebody else").toBe(3);
});

test("a right password costs nothing, and makes the place known", async () => {
  const { attempts } = open();
  for (let round = 0; round < 100; round++) {
    const attempt = await attempts.begin("ann@example.com", "1.1.1.1");
    expect(attempt.kind).toBe("admitted");
    if (round === 0 && attempt.kind === "admitted") attempt.succeeded();
  }
  expect(await admitted(attempts, 1_000, (at) => address(at % 5)), "the first try came back").toBe(50);
  expect(await admitted(attempts, 20, () => "1.1.1.1")).toBe(20);
});

test("a place that only the database remembers is asked for when it would be refused, and then known", async () => {
  const { attempts, asked } = open(new Set(["1.1.1.1"]));
  expect(await admitted(attempts, 30, () => "1.1.1.1")).toBe(30);
  expect(asked).toEqual(["ann@example.com 1.1.1.1"]);
});

test("tries at the same time count", async () => {
  const { attempts } = open();
  const all = await Promise.all(Array.from({ length: 40 }, () => attempts.begin("ann@example.com", "1.1.1.1")));
  expect(all.filter(({ kind }) => kind === "admitted")).toHaveLength(10);
});

test("no number of accounts and networks fills the memory: what was not touched for longest is forgotten", async () => {
  const { attempts } = open(new Set(), 50);
  expect(await admitted(attempts, 20, () => "1.1.1.1")).toBe(10);
  for (let at = 0; at < 49; at++) await attempts.begin(`${at}@example.com`, address(at));
  expect(await admitted(attempts, 20, () => "1.1.1.1"), "still remembered").toBe(0);
  for (let at = 0; at < 50; at++) await attempts.begin(`${at}@example.com`, address(at));
  expect(await admitted(attempts, 20, () => "1.1.1.1"), "forgotten").toBe(10);
});
