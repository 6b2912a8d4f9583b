import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/** Seals what must not be readable in the database: Terraform state, third-party tokens, private keys. */
export interface Encryption {
  /** Identifies the key that seals: 16 hex characters, safe to show. */
  readonly keyId: string;
  /** @param purpose what the bytes are and whose, such as `git_ssh_keys.private_key:<user id>`; the same is needed to open them */
  seal(purpose: string, plain: Uint8Array): Uint8Array;
  /** @throws DecryptionError if the key is not configured, the purpose differs, or a byte was changed */
  open(purpose: string, sealed: Uint8Array): Buffer;
}

export class DecryptionError extends Error {
  override readonly name = "DecryptionError";
}

/** Layout of sealed bytes: format (1), key id (8), nonce (12), ciphertext, tag (16). */
const FORMAT = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;
export const KEY_BYTES = 32;

/**
 * AES-256-GCM. The purpose is authenticated with the ciphertext, so that sealed bytes cannot be moved to another row or column.
 * Nonces are random: at 2^32 sealings with one key the chance of a repeated one is still below 2^-32.
 *
 * @param keys 32 bytes each; the first one seals, all of them open
 */
export function createEncryption(keys: readonly Uint8Array[]): Encryption {
  const byId = new Map(keys.map((key) => [keyIdOf(key), key]));
  const [primary] = keys;
  if (primary === undefined) throw new RangeError("encryption needs at least one key");
  const primaryId = keyIdOf(primary);

  return {
    keyId: primaryId,
    seal: (purpose, plain) => {
      const header = Buffer.concat([Buffer.of(FORMAT), Buffer.from(primaryId, "hex"), randomBytes(NONCE_BYTES)]);
      const cipher = createCipheriv("aes-256-gcm", primary, header.subarray(-NONCE_BYTES));
      cipher.setAAD(associated(header, purpose));
      return Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open: (purpose, sealed) => {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < HEADER_BYTES + TAG_BYTES || bytes[0] !== FORMAT) throw new DecryptionError(`${purpose} is not sealed data`);
      const header = bytes.subarray(0, HEADER_BYTES);
      const keyId = header.toString("hex", 1, 1 + KEY_ID_BYTES);
      const key = byId.get(keyId);
      if (key === undefined) throw new DecryptionError(`${purpose} was sealed with key ${keyId}, which is not configured`);
      const decipher = createDecipheriv("aes-256-gcm", key, header.subarray(-NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(associated(header, purpose));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch (cause) {
        throw new DecryptionError(`${purpose} was changed after it was sealed, or was sealed for another purpose`, { cause });
      }
    },
  };
}

function keyIdOf(key: Uint8Array): string {
  if (key.length !== KEY_BYTES) throw new RangeError(`an encryption key must have ${KEY_BYTES} bytes, got ${key.length}`);
  return createHash("sha256")
    .update("proviso encryption key\0")
    .update(key)
    .digest("hex")
    .slice(0, KEY_ID_BYTES * 2);
}

function associated(header: Buffer, purpose: string): Buffer {
  return Buffer.concat([header, Buffer.from(purpose)]);
}
