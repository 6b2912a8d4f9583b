import { expect, test } from "vitest";
import { ConfigError, checkTokenLifetimes, localUrl, parseAccessUrl, parseListenAddress } from "./config.ts";

test("a token lives a week, a hundred years at most, and an owner's a week at most, unless the settings say otherwise", () => {
  const hour = 3_600_000;
  expect(checkTokenLifetimes({})).toEqual({ defaultMs: 168 * hour, maximumMs: 876_600 * hour, ownerMaximumMs: 168 * hour });
  expect(checkTokenLifetimes({ ownerMaximumMs: hour })).toMatchObject({ maximumMs: 876_600 * hour, ownerMaximumMs: hour });
  for (const wrong of [0, -1, 999, Number.NaN, 1e300]) expect(() => checkTokenLifetimes({ maximumMs: wrong })).toThrow(ConfigError);
});

for (const { text, host, port, url } of [
  { text: "127.0.0.1:3000", host: "127.0.0.1", port: 3000, url: "http://127.0.0.1:3000" },
  { text: "localhost:0", host: "127.0.0.1", port: 0, url: "http://127.0.0.1:0" },
  { text: "dev.example.com:80", host: "dev.example.com", port: 80, url: "http://dev.example.com:80" },
  { text: ":8080", host: "0.0.0.0", port: 8080, url: "http://127.0.0.1:8080" },
  { text: "[::1]:3000", host: "::1", port: 3000, url: "http://[::1]:3000" },
  { text: "[::]:3000", host: "::", port: 3000, url: "http://[::1]:3000" },
]) {
  test(`listens on ${text}`, () => {
    expect(parseListenAddress(text)).toEqual({ host, port });
    expect(localUrl({ host, port })).toBe(url);
  });
}

for (const text of ["", "3000", "localhost", "localhost:", "localhost:http", "localhost:70000", "::1:3000", "a b:1"]) {
  test(`refuses to listen on ${JSON.stringify(text)}`, () => expect(() => parseListenAddress(text)).toThrow(ConfigError));
}

test("takes an access URL with a path, without its last slash", () => {
  expect(parseAccessUrl("https://dev.example.com/")).toBe("https://dev.example.com");
  expect(parseAccessUrl("http://localhost:3000/proviso/")).toBe("http://localhost:3000/proviso");
});

for (const text of ["", "dev.example.com", "ftp://dev.example.com", "https://ann:pw@dev.example.com", "https://dev.example.com/?a=b"]) {
  test(`refuses the access URL ${JSON.stringify(text)}`, () => expect(() => parseAccessUrl(text)).toThrow(ConfigError));
}
