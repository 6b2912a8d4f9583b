import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";

export interface SshKeyPair {
  /** One line of `authorized_keys`, with a newline at its end. */
  readonly publicKey: string;
  /** OpenSSH's own PEM form, without a passphrase. */
  readonly privateKey: string;
}

const TYPE = "ssh-ed25519";

/**
 * A new ed25519 pair in the forms that Git and OpenSSH read.
 *
 * @see https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key for the private half
 */
export async function generateGitSshKey(): Promise<SshKeyPair> {
  const { privateKey } = await promisify(generateKeyPair)("ed25519");
  const { x, d } = privateKey.export({ format: "jwk" });
  if (x === undefined || d === undefined) throw new Error("the ed25519 key has no halves");
  const publicBytes = Buffer.from(x, "base64url");
  const blob = Buffer.concat([field(TYPE), field(publicBytes)]);
  return { publicKey: `${TYPE} ${blob.toString("base64")}\n`, privateKey: pem(blob, publicBytes, Buffer.from(d, "base64url")) };
}

function pem(blob: Buffer, publicBytes: Buffer, seed: Buffer): string {
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, field(TYPE), field(publicBytes), field(Buffer.concat([seed, publicBytes])), field("")]);
  // Padded to the block size of the cipher `none`, 8, with 1, 2, 3 …
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, at) => at + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"), // cipher
    field("none"), // key derivation
    field(""), // its options
    one, // number of keys
    field(blob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** RFC 4251's `string`: four bytes of length, then the bytes. */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
