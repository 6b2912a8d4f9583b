/** How strong a new password must be. How it is kept is the store's affair. */

const MAX_LENGTH = 64;
const MIN_ENTROPY_BITS = 52;

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
