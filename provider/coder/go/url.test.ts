import { expect, test } from "vitest";
import { goQuote } from "./quote.ts";
import { formatGoUrl, parseGoUrl, portOf, rootOf } from "./url.ts";

/** What Go's library accepts and how it prints it again. */
for (const [text, printed = text] of [
  ["https://coder.example.com"],
  ["https://coder.example.com/"],
  ["HTTPS://Coder.Example.com:8443/a?b=c#d", "https://Coder.Example.com:8443/a?b=c#d"],
  ["http://user:p%40ss@host/"],
  ["http://user@host"],
  ["http://[::1]:3000/x"],
  ["http://[fe80::1%25en0]/"],
  ["http://host:/"],
  ["/icon/vim.svg"],
  ["icon.svg"],
  ["/a b", "/a%20b"],
  ["/a%2Fb"],
  ["/ä", "/%C3%A4"],
  ["//host/path"],
  ["builtin:vim"],
  ["mailto:someone@example.com"],
  ["data:image/png;base64,AA=="],
  ["file:///etc/hosts"],
  ["http:/path"],
  ["?q=1"],
  ["http://a?"],
  ["#frag"],
  ["http://a/#x y", "http://a/#x%20y"],
  ["*"],
  [""],
  ["a/b:c"],
  ["http://exämple.com/", "http://ex%C3%A4mple.com/"],
] as [string, string?][]) {
  test(`takes ${JSON.stringify(text)}`, () => expect(formatGoUrl(parseGoUrl(text))).toBe(printed));
}

for (const [text, problem] of [
  ["/icon%.svg", 'parse "/icon%.svg": invalid URL escape "%.s"'],
  ["http://%zz/", 'parse "http://%zz/": invalid URL escape "%zz"'],
  ["http://%41/", 'parse "http://%41/": invalid URL escape "%41"'],
  ["http://a b/", 'parse "http://a b/": invalid character " " in host name'],
  ["http://[::1", "parse \"http://[::1\": missing ']' in host"],
  ["http://a:b/", 'parse "http://a:b/": invalid port ":b" after host'],
  ["http://a:1:2/", 'parse "http://a:1:2/": invalid port ":1:2" after host'],
  [":8080", 'parse ":8080": missing protocol scheme'],
  ["1:2", 'parse "1:2": first path segment in URL cannot contain colon'],
  ["http://a\n", 'parse "http://a\\n": net/url: invalid control character in URL'],
  ["http://a{b@c/", 'parse "http://a{b@c/": net/url: invalid userinfo'],
  ["http://a/#%z", 'parse "http://a/#%z": invalid URL escape "%z"'],
] as [string, string][]) {
  test(`refuses ${JSON.stringify(text)}`, () => expect(() => parseGoUrl(text)).toThrow(problem));
}

test("the root has scheme, user, host and one slash", () => {
  expect(formatGoUrl(rootOf(parseGoUrl("https://u:p@h:1/a/b?c#d")))).toBe("https://u:p@h:1/");
  expect(formatGoUrl(rootOf(parseGoUrl("https://h")))).toBe("https://h/");
});

test("the port is the one that is written", () => {
  expect(portOf(parseGoUrl("http://h:81/"))).toBe(81);
  expect(portOf(parseGoUrl("http://[::1]:82/"))).toBe(82);
  expect(portOf(parseGoUrl("http://[::1]/"))).toBeUndefined();
  expect(portOf(parseGoUrl("http://h:/"))).toBeUndefined();
});

test("quotes as Go does", () => {
  expect(goQuote('a"b\\c\n\t\x00\x7fä→\u200b\u{e0001}')).toBe('"a\\"b\\\\c\\n\\t\\x00\\x7fä→\\u200b\\U000e0001"');
});
