import { expect, test } from "vitest";
import { handshakeLine, hostSpeaksOurVersion, isStartedByHost, portRange } from "./handshake.ts";

test("the line has an empty field for no certificate, and one without padding for a certificate", () => {
  const [unix, tcp] = [{ network: "unix", address: "/tmp/s" } as const, { network: "tcp", address: "127.0.0.1:10001" } as const];
  expect(handshakeLine(unix, undefined)).toBe("1|6|unix|/tmp/s|grpc|\n");
  expect(handshakeLine(tcp, Buffer.from([0xfb, 0xff, 0xfe, 0x01]))).toBe("1|6|tcp|127.0.0.1:10001|grpc|+//+AQ\n");
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

for (const { given, range } of [
  { given: { PLUGIN_MIN_PORT: "12000", PLUGIN_MAX_PORT: "12010" }, range: { minPort: 12_000, maxPort: 12_010 } },
  { given: {}, range: { minPort: 10_000, maxPort: 25_000 } },
  { given: { PLUGIN_MIN_PORT: "x", PLUGIN_MAX_PORT: "70000" }, range: { minPort: 10_000, maxPort: 25_000 } },
]) {
  test(`a plugin takes a port from ${range.minPort} to ${range.maxPort} for ${JSON.stringify(given)}`, () => {
    expect(portRange(given)).toEqual(range);
  });
}
