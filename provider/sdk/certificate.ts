/**
 * The certificate with which a plugin proves to its host that it is the process that the host started: self-signed, for `localhost`,
 * sent to the host in the handshake line and trusted by nobody else.
 *
 * Written by hand because a certificate library takes 90 ms to load, more than everything else in a plugin's start, and Terraform starts a
 * plugin three times for each plan. The certificate has one fixed form, and node:crypto creates the key and the signature.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface ServerCertificate {
  readonly der: Buffer;
  readonly pem: string;
  readonly privateKeyPem: string;
}

const ECDSA_WITH_SHA256 = oid(1, 2, 840, 10045, 4, 3, 2);
const COMMON_NAME = oid(2, 5, 4, 3);
const BASIC_CONSTRAINTS = oid(2, 5, 29, 19);
const KEY_USAGE = oid(2, 5, 29, 15);
const EXTENDED_KEY_USAGE = oid(2, 5, 29, 37);
const SUBJECT_ALTERNATIVE_NAME = oid(2, 5, 29, 17);
const SERVER_AUTH = oid(1, 3, 6, 1, 5, 5, 7, 3, 1);
const CLIENT_AUTH = oid(1, 3, 6, 1, 5, 5, 7, 3, 2);

/** Host and plugin share one clock; the host's own certificate is backdated by the same amount. */
const BACKDATED_MS = 30_000;
/** The same as for the host's own certificate: longer than any run. */
const LIFE_MS = 262_980 * 3_600_000;

/** @param now milliseconds since the epoch */
export function makeServerCertificate(now: number): ServerCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const algorithm = sequence(ECDSA_WITH_SHA256);
  const name = sequence(tagged(0x31, sequence(COMMON_NAME, tagged(0x0c, Buffer.from("localhost")))));
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40; // Positive, and always of this length.
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.of(2))), // version 3
    tagged(0x02, serial),
    algorithm,
    name,
    sequence(time(now - BACKDATED_MS), time(now + LIFE_MS)),
    name,
    publicKey,
    tagged(0xa3, sequence(...extensions())),
  );
  const signature = sign("sha256", body, createPrivateKey(privateKey));
  const der = sequence(body, algorithm, bitString(signature, 0));
  const base64 = der.toString("base64").replace(/.{64}/g, "$&\n");
  return { der, pem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`, privateKeyPem: privateKey };
}

/** The extensions of the host's own certificate. Its verification requires the name and serverAuth. */
function extensions(): Buffer[] {
  const critical = tagged(0x01, Buffer.of(0xff));
  // digitalSignature, keyEncipherment, keyAgreement and keyCertSign: bits 0, 2, 4 and 5, the last two bits of the byte unused.
  const usages = bitString(Buffer.of(0b1010_1100), 2);
  return [
    sequence(BASIC_CONSTRAINTS, critical, octets(sequence(critical))),
    sequence(KEY_USAGE, critical, octets(usages)),
    sequence(EXTENDED_KEY_USAGE, octets(sequence(CLIENT_AUTH, SERVER_AUTH))),
    sequence(SUBJECT_ALTERNATIVE_NAME, octets(sequence(tagged(0x82, Buffer.from("localhost"))))),
  ];
}

function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

function sequence(...contents: readonly Uint8Array[]): Buffer {
  return tagged(0x30, ...contents);
}

function octets(content: Uint8Array): Buffer {
  return tagged(0x04, content);
}

function bitString(content: Uint8Array, unusedBits: number): Buffer {
  return tagged(0x03, Buffer.of(unusedBits), content);
}

function oid(first: number, second: number, ...rest: readonly number[]): Buffer {
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tagged(0x06, Buffer.from(bytes));
}

/** Uses the short form until the end of 2049 and the long form after that, as RFC 5280 requires. */
function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().replace(/[-:T]|\..*/g, "")}Z`;
  return digits < "2050" ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}
