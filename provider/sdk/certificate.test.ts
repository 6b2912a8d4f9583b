import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { makeServerCertificate } from "./certificate.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

test("is what a host checks: for localhost, for servers, valid now, signed with its own key", () => {
  const { der, pem, privateKeyPem } = makeServerCertificate(NOW);
  const certificate = new X509Certificate(der);
  expect(new X509Certificate(pem).fingerprint256).toBe(certificate.fingerprint256);
  expect(certificate.checkHost("localhost", { subject: "never" })).toBe("localhost");
  expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"]);
  expect(certificate.ca).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.subject).toBe("CN=localhost");
  expect(certificate.issuer).toBe(certificate.subject);
  expect(certificate.validFromDate.getTime()).toBe(NOW - 30_000);
  expect(certificate.validToDate.getTime()).toBe(NOW + 262_980 * 3_600_000);
});

test("no two have a serial number or a key in common", () => {
  const [one, two] = [makeServerCertificate(NOW), makeServerCertificate(NOW)].map(({ der }) => new X509Certificate(der));
  expect(one?.serialNumber).not.toBe(two?.serialNumber);
  expect(one?.publicKey.export({ type: "spki", format: "pem" })).not.toBe(two?.publicKey.export({ type: "spki", format: "pem" }));
});
