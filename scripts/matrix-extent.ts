/** How much of the authorization matrix a commit has to pass over HTTP. */
import { spawnSync } from "node:child_process";

export type Extent =
  | { readonly kind: "full"; readonly why: string }
  /** The seed is the commit's hash, so that each commit asks another tenth. */
  | { readonly kind: "tenth"; readonly seed: string; readonly why: string };

/** What decides about requests, what says what they need, and what asks about it. */
const DECIDES =
  /^(authz\/|server\/access\/|server\/http\/|server\/features\.ts$|server\/.*routes\.ts$|test\/authorization\/|scripts\/matrix)/;

/** CI may see several commits at once, and not every time each of them. */
const LOOKS_BACK = 10;

/**
 * In full if what decides differs from what it was {@link LOOKS_BACK} commits ago, in commits or in the working tree, and if nobody can tell: in
 * a clone without that much history, and where there is none.
 *
 * @param root of a working tree
 */
export function extentOf(root: string): Extent {
  const git = (...args: readonly string[]): string | undefined => {
    const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
    return status === 0 ? stdout.trim() : undefined;
  };
  const head = git("rev-parse", "HEAD");
  const before = git("rev-parse", "--verify", "--quiet", `HEAD~${LOOKS_BACK}^{commit}`);
  const changed = before === undefined ? undefined : git("diff", "--name-only", before);
  const added = git("ls-files", "--others", "--exclude-standard");
  if (head === undefined || before === undefined || changed === undefined || added === undefined)
    return { kind: "full", why: `since there is no commit ${LOOKS_BACK} before this one to compare with` };
  const decides = `${changed}\n${added}`.split("\n").find((file) => DECIDES.test(file));
  if (decides !== undefined) return { kind: "full", why: `since ${decides} has changed within ${LOOKS_BACK} commits` };
  return { kind: "tenth", seed: head, why: `since nothing that decides has changed within ${LOOKS_BACK} commits` };
}
