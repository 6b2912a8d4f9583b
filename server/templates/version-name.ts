/** Names for versions that their authors did not name. */

const ADJECTIVES = "bold brave calm clear eager fair fond glad keen kind mild neat quick warm wise".split(" ");
const NOUNS = "badger crane falcon finch heron lynx marten newt otter plover raven seal stoat swift".split(" ");

/** Such as `keen_otter4821`. @param draw a whole number in [0, below), asked three times */
export function randomVersionName(draw: (below: number) => number): string {
  const pick = (words: readonly string[]): string => words[draw(words.length)] ?? "";
  return `${pick(ADJECTIVES)}_${pick(NOUNS)}${1_000 + draw(9_000)}`;
}
