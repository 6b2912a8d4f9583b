/** The rules for a new password, and who may choose one. How it is stored is decided by access/password.ts. */
import { ALLOW_ALL } from "#authz/allow-list.ts";
import type { Subject } from "#authz/subject.ts";
import type { LoginType } from "../database/tables/people.ts";
import { InvalidInputError, NotAllowedError } from "../errors.ts";

const MAX_LENGTH = 64;
const MIN_ENTROPY_BITS = 52;

/** Explains what is wrong with a new password; undefined if it is good enough. */
export function passwordProblem(password: string): string | undefined {
  if (password === "") return "This field is required.";
  if ([...password].length > MAX_LENGTH) return `A password can have at most ${MAX_LENGTH} characters.`;
  if (passwordEntropyBits(password) >= MIN_ENTROPY_BITS) return undefined;
  return "This password is too easy to guess: make it longer, or mix letters, digits and symbols.";
}

const ALPHABETS = ["!@$&*", "_-., ", "\"#%'()+/:;<=>?[\\]^{|}~", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"];
const RUNS = ["0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"].flatMap((run) => [
  run,
  [...run].reverse().join(""),
]);

/**
 * Returns log2(base ^ length): the base is the total number of characters in the alphabets used, and of repetitions and of runs along the
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

/** @throws InvalidInputError unless exactly users with login type `password` have a password */
export function requirePasswordToFit({ loginType, password }: { readonly loginType: LoginType; readonly password?: string }): void {
  if ((loginType === "password") !== (password !== undefined))
    throw new InvalidInputError("A password is required with login type password, and allowed with no other.", [
      { field: "password", detail: "Required with login type password, and only there." },
    ]);
}

/** Whoever chooses a password, even a new user's, can sign in with it, which bypasses every limit of a token. @throws NotAllowedError */
export function requireWholeUser(subject: Subject): void {
  if (!standsForWholeUser(subject)) throw new NotAllowedError("setting a password requires a session, or a token that may do everything");
}

/** Returns false for a token that may do less than its user in any way. */
function standsForWholeUser({ kind, credential, scope, ceilings }: Subject): boolean {
  if (kind === "internal" || credential.kind === "session") return true;
  if (credential.kind !== "token" || ceilings.length > 0 || !scope.names.includes("coder:all")) return false;
  return ALLOW_ALL.every(({ type, id }) => scope.allowList.some((entry) => entry.type === type && entry.id === id));
}
