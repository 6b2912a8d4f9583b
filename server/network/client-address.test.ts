import { describe, expect, test } from "vitest";
import { networkOf, parseAddress } from "./address.ts";
import { createClientAddresses, NO_PROXIES } from "./client-address.ts";

const BEHIND = { origins: ["10.0.0.0/8", "127.0.0.1", "fd00::/8"], headers: ["CF-Connecting-IP", "X-Forwarded-For"] };

for (const { what, peer, headers, client } of [
  { what: "a peer that is no proxy is the client", peer: "203.0.113.9", headers: {}, client: "203.0.113.9" },
  { what: "its headers count for nothing", peer: "203.0.113.9", headers: { "x-forwarded-for": "1.2.3.4" }, client: "203.0.113.9" },
  { what: "a proxy that says nothing is the client", peer: "10.1.1.1", headers: {}, client: "10.1.1.1" },
  { what: "a proxy names the client", peer: "10.1.1.1", headers: { "x-forwarded-for": "1.2.3.4" }, client: "1.2.3.4" },
  { what: "a single address is a proxy", peer: "127.0.0.1", headers: { "x-forwarded-for": "1.2.3.4" }, client: "1.2.3.4" },
  { what: "a mapped proxy is a proxy", peer: "::ffff:10.1.1.1", headers: { "x-forwarded-for": "::ffff:1.2.3.4" }, client: "1.2.3.4" },
  { what: "IPv6", peer: "fd00::1", headers: { "x-forwarded-for": "2001:DB8:0:0::1" }, client: "2001:db8::1" },
  { what: "a port is left out", peer: "10.1.1.1", headers: { "x-forwarded-for": "1.2.3.4:5678" }, client: "1.2.3.4" },
  { what: "a port of IPv6 is left out", peer: "10.1.1.1", headers: { "x-forwarded-for": "[2001:db8::1]:5678" }, client: "2001:db8::1" },
  {
    what: "what the client sent itself is passed over",
    peer: "10.1.1.1",
    headers: { "x-forwarded-for": "6.6.6.6, 1.2.3.4" },
    client: "1.2.3.4",
  },
  { what: "proxies behind proxies", peer: "10.1.1.1", headers: { "x-forwarded-for": "6.6.6.6, 1.2.3.4, 10.2.2.2" }, client: "1.2.3.4" },
  { what: "a client inside", peer: "10.1.1.1", headers: { "x-forwarded-for": "10.3.3.3, 10.2.2.2" }, client: "10.3.3.3" },
  {
    what: "the first header that holds one",
    peer: "10.1.1.1",
    headers: { "cf-connecting-ip": "5.5.5.5", "x-forwarded-for": "1.2.3.4" },
    client: "5.5.5.5",
  },
  {
    what: "an empty header is passed over",
    peer: "10.1.1.1",
    headers: { "cf-connecting-ip": "", "x-forwarded-for": "1.2.3.4" },
    client: "1.2.3.4",
  },
  {
    what: "nonsense is passed over",
    peer: "10.1.1.1",
    headers: { "cf-connecting-ip": "unknown", "x-forwarded-for": "1.2.3.4" },
    client: "1.2.3.4",
  },
  { what: "nothing but nonsense", peer: "10.1.1.1", headers: { "x-forwarded-for": "1.2.3.4, <script>" }, client: "10.1.1.1" },
  { what: "a header that is not on the list", peer: "10.1.1.1", headers: { "x-real-ip": "1.2.3.4" }, client: "10.1.1.1" },
])
  test(`the client of a request: ${what}`, () => {
    const addresses = createClientAddresses(BEHIND);
    expect(addresses.of(peer, (name) => (headers as Readonly<Record<string, string>>)[name])).toBe(client);
  });

test("without proxies no header is read", () => {
  const addresses = createClientAddresses(NO_PROXIES);
  const read: string[] = [];
  expect(addresses.of("127.0.0.1", (name) => void read.push(name) as undefined)).toBe("127.0.0.1");
  expect(read).toEqual([]);
});

test.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "nowhere", "", "::1/129", "10.0.0.0/-1"])("%j is no network", (origin) => {
  expect(() => createClientAddresses({ origins: [origin], headers: [] })).toThrow(/is not a network/);
});

test("a header has a name", () => {
  expect(() => createClientAddresses({ origins: [], headers: ["X Forwarded"] })).toThrow(/is not the name of a header/);
});

describe("an address", () => {
  test.each([
    ["1.2.3.4", "1.2.3.4"],
    ["::FFFF:1.2.3.4", "1.2.3.4"],
    ["fe80::1%eth0", "fe80::1"],
    ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
    ["1.2.3", undefined],
    ["example.com:80", undefined],
  ])("%j is %j", (text, address) => expect(parseAddress(text)).toBe(address));

  test.each([
    ["1.2.3.4", "1.2.3.4"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["::1", "0:0:0:0::/64"],
    ["a path", "a path"],
  ])("%j belongs to %j", (address, network) => expect(networkOf(address)).toBe(network));
});
