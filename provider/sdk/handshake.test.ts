import { expect, test } from "vitest";
import { handshakeLine, hostSpeaksOurVersion, isStartedByHost } from "./handshake.ts";

test("the line has an empty field for no certificate, and one without padding for a certificate", () => {
  expect(handshakeLine("/tmp/s", undefined)).toBe("1|6|unix|/tmp/s|grpc|\n");
  expect(handshakeLine("/tmp/s", Buffer.from([0xfb, 0xff, 0xfe, 0x01]))).toBe("1|6|unix|/tmp/s|grpc|+//+AQ\n");
});

for (const { offered, speaks } of [
  { offered: "5,6", speaks: true },
  { offered: "6,5", speaks: true },
  { offered: "5", speaks: false },
  { offered: "x,6", speaks: true },
  { offered: "", speaks: false },
  { offered: undefined, speaks: true },
]) {
  test(`a host that offers ${offered} ${speaks ? "speaks" : "does not speak"} version 6`, () => {
    expect(hostSpeaksOurVersion(offered === undefined ? {} : { PLUGIN_PROTOCOL_VERSIONS: offered })).toBe(speaks);
  });
}

test("only the cookie tells a host from a person", () => {
  expect(isStartedByHost({})).toBe(false);
  expect(isStartedByHost({ TF_PLUGIN_MAGIC_COOKIE: "x" })).toBe(false);
});
