/**
 * The form of every secret that Proviso issues, and the only code that creates, checks, hashes or hides one.
 * The code is pure except for the random bytes: it knows no store, user or clock. Provider, daemon and server share it.
 */
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

/** The kinds of secrets. The prefix lets secret scanners and {@link redactSecrets} find each kind. */
const PREFIXES = { session: "pvs_", token: "pvt_", agent: "pva_", provisioner: "pvk_" } as const;

export type SecretKind = keyof typeof PREFIXES;

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 62^43 > 2^256: the body holds 32 bytes. */
const BODY_LENGTH = 43;
/** 62^6 > 2^32: the checksum is a CRC-32 of prefix and body. It detects typing errors and chance matches, but proves nothing. */
const CHECKSUM_LENGTH = 6;
const KEY_ID_LENGTH = 10;

/**
 * Formats a secret: the prefix of its kind, 43 characters for 32 bytes, 6 characters of checksum.
 *
 * @param bytes 32 of them; random unless the secret is derived
 */
export function formatSecret(kind: SecretKind, bytes: Uint8Array = randomBytes(32)): string {
  if (bytes.length !== 32) throw new RangeError(`a secret must have 32 bytes, got ${bytes.length}`);
  const body = PREFIXES[kind] + base62(BigInt(`0x${Buffer.from(bytes).toString("hex")}`), BODY_LENGTH);
  return body + checksum(body);
}

/** Whether a text has the form of a secret of this kind, including the checksum. It does not say whether the secret was ever issued. */
export function isSecret(kind: SecretKind, text: string): boolean {
  const prefix = PREFIXES[kind];
  if (text.length !== prefix.length + BODY_LENGTH + CHECKSUM_LENGTH || !text.startsWith(prefix)) return false;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  return text.slice(-CHECKSUM_LENGTH) === checksum(body);
}

/** The hash that is stored instead of a secret: its SHA-256, 32 bytes. Unsalted, because secrets are random and looked up by hash. */
export function hashSecret(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

/** Compares two hashes in a time that does not depend on where they differ. */
export function isSameHash(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The public half of a session key or API token, `<id>-<secret>`: ten random characters. */
export function newKeyId(): string {
  let id = "";
  while (id.length < KEY_ID_LENGTH) {
    // Bytes of 248 and above would make the first eight characters more likely than the others.
    for (const byte of randomBytes(16)) if (byte < 248 && id.length < KEY_ID_LENGTH) id += ALPHABET[byte % 62];
  }
  return id;
}

const ANY_SECRET = new RegExp(`pv[a-z]_[0-9A-Za-z]{${BODY_LENGTH + CHECKSUM_LENGTH}}`, "g");

/** Replaces every secret in a text, whether its checksum is right or not, with its prefix and three dots. */
export function redactSecrets(text: string): string {
  return text.replace(ANY_SECRET, (secret) => `${secret.slice(0, 4)}...`);
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}

function base62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest /= 62n) text = ALPHABET[Number(rest % 62n)] + text;
  return text;
}
