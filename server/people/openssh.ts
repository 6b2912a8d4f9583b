import { generateKeyPairSync, randomBytes } from "node:crypto";

export interface SshKeyPair {
  /** One line as in `authorized_keys`, without a line end. */
  readonly publicKey: string;
  /** PEM, not protected by a passphrase. */
  readonly privateKey: string;
}

const TYPE = "ssh-ed25519";
/** Private halves are padded to whole blocks of the cipher, which are 8 bytes for `none`. */
const BLOCK_BYTES = 8;

/** @param comment what `ssh-keygen` shows beside the key; one line */
export function generateSshKeyPair(comment: string): SshKeyPair {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { x = "", d = "" } = privateKey.export({ format: "jwk" });
  return encodeSshKeyPair(Buffer.from(d, "base64url"), Buffer.from(x, "base64url"), comment, randomBytes(4));
}

/**
 * Encodes an ed25519 key in OpenSSH's own format, which Git and `ssh` read everywhere.
 *
 * @param check four random bytes: written twice, so that `ssh` can tell whether it decrypted correctly
 * @see https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key and RFC 8709
 */
export function encodeSshKeyPair(seed: Uint8Array, point: Uint8Array, comment: string, check: Uint8Array): SshKeyPair {
  const publicBlob = Buffer.concat([string(TYPE), string(point)]);
  const secrets = Buffer.concat([check, check, publicBlob, string(Buffer.concat([seed, point])), string(comment)]);
  const padding = Buffer.from(Array.from({ length: (BLOCK_BYTES - (secrets.length % BLOCK_BYTES)) % BLOCK_BYTES }, (_, at) => at + 1));
  const whole = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    string("none"), // cipher
    string("none"), // key derivation
    string(""), // its options
    uint32(1), // keys
    string(publicBlob),
    string(Buffer.concat([secrets, padding])),
  ]);
  const lines = whole.toString("base64").match(/.{1,70}/g) ?? [];
  return {
    publicKey: `${TYPE} ${publicBlob.toString("base64")} ${comment}`,
    privateKey: ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n"),
  };
}

function string(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
