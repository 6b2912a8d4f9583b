/** Names for tokens that were created without one: two words that people can say. */

const FIRST =
  "amber brave brisk calm clever cosy crisp eager early fair fine fleet frank fresh gentle glad grand keen kind lively lucky mellow merry mild neat noble plain proud quick quiet rapid ready sharp shy silver smart solid spry steady still stout sunny swift tidy trusty vivid warm wise witty young".split(
    " ",
  );
const SECOND =
  "acorn anchor aspen badger basin beacon birch bramble brook canyon cedar comet coral crane delta ember falcon fern finch fjord forest garnet glacier harbor hazel heron island juniper lagoon lantern lark maple meadow mesa moss otter pebble pine plover prairie quartz raven reef river sparrow spruce summit thistle tundra willow".split(
    " ",
  );

/** Yields one name after another, while they are taken. @param draw in [0, 1), called for each word */
export function* randomTokenNames(draw: () => number): Generator<string, never> {
  for (let round = 0; ; round += 1) {
    const words = `${pick(FIRST, draw)}-${pick(SECOND, draw)}`;
    // A program that never names its tokens soon uses up two words.
    yield round < 4 ? words : `${words}-${Math.floor(draw() * 10 ** Math.min(round, 12))}`;
  }
}

function pick(words: readonly string[], draw: () => number): string {
  return words[Math.floor(draw() * words.length)] ?? "token";
}
