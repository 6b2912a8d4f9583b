import { expect, test } from "vitest";
import { isFromOtherSite, refuseOtherSites } from "./origin.ts";

const ACCESS_URL = "https://proviso.example.test";

for (const { what, origin, host, isOther } of [
  { what: "no page at all", origin: undefined, host: "proviso.example.test", isOther: false },
  { what: "a page of the access URL", origin: ACCESS_URL, host: "10.0.0.7:3000", isOther: false },
  { what: "a page of the address that it asks", origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000", isOther: false },
  { what: "a page of the IPv6 address that it asks", origin: "http://[::1]:3000", host: "[::1]:3000", isOther: false },
  { what: "a page of localhost", origin: "http://localhost:3000", host: "localhost:3000", isOther: false },
  { what: "a page of another site", origin: "https://evil.example", host: "proviso.example.test", isOther: true },
  { what: "a page of a name below ours", origin: "https://x.proviso.example.test", host: "proviso.example.test", isOther: true },
  { what: "a page of another port", origin: "http://127.0.0.1:8080", host: "127.0.0.1:3000", isOther: true },
  // Its owner let the name point here after the page had loaded.
  { what: "a page whose name is the one that it asks, but not ours", origin: "http://evil.example", host: "evil.example", isOther: true },
  { what: "a page that hides where it is from", origin: "null", host: "127.0.0.1:3000", isOther: true },
])
  test(`${what} is ${isOther ? "another site's" : "no other site's"}`, () => {
    expect(isFromOtherSite({ headers: { origin, host } }, ACCESS_URL)).toBe(isOther);
  });

test("what other sites send is refused, and the access URL is asked for each time anew", async () => {
  let accessUrl = "http://127.0.0.1:3000";
  const refuse = refuseOtherSites(() => accessUrl);
  const request = { headers: { origin: ACCESS_URL, host: "127.0.0.1:3000" } };
  await expect(refuse(request)).rejects.toMatchObject({ status: 403 });
  accessUrl = ACCESS_URL;
  await expect(refuse(request)).resolves.toBeUndefined();
});
