/** Passwords: how strong one must be, and what is stored of it. */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);

/** OWASP's middle setting for argon2id: 19 MiB, two passes, one lane; about 30 ms on the machines that we run on. */
const COST = { parallelism: 1, memory: 19_456, passes: 2 } as const;
const TAG_LENGTH = 32;
const MAX_LENGTH = 64;
const MIN_ENTROPY_BITS = 52;

/** What is stored: `$argon2id$v=19$m=…,t=…,p=…$<salt>$<tag>`, the usual text form, so that the cost may rise later without a migration. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive("argon2id", { ...COST, message: password, nonce: salt, tagLength: TAG_LENGTH });
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${text(salt)}$${text(tag)}`;
}

const STORED = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
/** Of no password: compared with when there is no user, so that both cases take the same time. */
const DECOY = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${text(Buffer.alloc(16))}$${text(Buffer.alloc(TAG_LENGTH))}`;

/** @param stored undefined or empty when there is no such user or no such password; the answer is then false, after as much work */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const match = STORED.exec(stored || DECOY);
  if (match === null) throw new Error("a stored password hash is not in the form that this program writes");
  const [, memory, passes, parallelism, salt = "", tag = ""] = match;
  const expected = Buffer.from(tag, "base64");
  const parameters: Argon2Parameters = {
    message: password.slice(0, 1_024),
    nonce: Buffer.from(salt, "base64"),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  };
  const isSame = timingSafeEqual(await derive("argon2id", parameters), expected);
  return isSame && stored !== undefined && stored !== "";
}

/** What is wrong with a new password, for people; undefined when it will do. */
export function passwordProblem(password: string): string | undefined {
  if (password === "") return "This field is required.";
  if ([...password].length > MAX_LENGTH) return `A password has at most ${MAX_LENGTH} characters.`;
  if (passwordEntropyBits(password) >= MIN_ENTROPY_BITS) return undefined;
  return "This password is too easy to guess: make it longer, or mix letters, digits and signs.";
}

const ALPHABETS = ["!@$&*", "_-., ", "\"#%'()+/:;<=>?[\\]^{|}~", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"];
const RUNS = ["0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"].flatMap((run) => [
  run,
  [...run].reverse().join(""),
]);

/**
 * log2(base ^ length): the base is how many characters its alphabets have together, and of repetitions and of runs along the
 * keyboard, digits or alphabet only two characters count. The same measure as the Go module go-password-validator.
 */
export function passwordEntropyBits(password: string): number {
  const used = ALPHABETS.filter((alphabet) => [...alphabet].some((letter) => password.includes(letter)));
  const others = new Set([...password].filter((letter) => !ALPHABETS.some((alphabet) => alphabet.includes(letter))));
  const base = used.reduce((sum, alphabet) => sum + alphabet.length, others.size);
  const kept = RUNS.reduce((text, run) => withoutThirds(text, (last, next) => run.includes(last + next)), password);
  return base === 0 ? 0 : [...withoutThirds(kept, (last, next) => last === next)].length * Math.log2(base);
}

/** Drops each character that continues a run of two or more. */
function withoutThirds(text: string, continues: (last: string, next: string) => boolean): string {
  let kept = "";
  let runLength = 1;
  let last = "";
  for (const letter of text) {
    runLength = last !== "" && continues(last.toLowerCase(), letter.toLowerCase()) ? runLength + 1 : 1;
    if (runLength <= 2) kept += letter;
    last = letter;
  }
  return kept;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
