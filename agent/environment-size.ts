/** Linux takes no longer string than this for an argument or a variable, with its name, `=` and the end. */
const LONGEST_BYTES = 32 * 4096;

/** Says which variable is to blame when the system finds a program's arguments and environment too long. It shows no value. */
export function describeTooLong(env: Readonly<Record<string, string>>): string {
  const sizes = Object.entries(env).map(([name, value]) => ({ name, bytes: Buffer.byteLength(name) + Buffer.byteLength(value) + 2 }));
  const [largest] = sizes.toSorted((left, right) => right.bytes - left.bytes);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (largest !== undefined && largest.bytes > LONGEST_BYTES)
    return `the environment variable ${largest.name} has ${largest.bytes} bytes, and the system takes at most ${LONGEST_BYTES}: put its value into a file`;
  return `the environment has ${total} bytes in ${sizes.length} variables, more than the system takes; the largest is ${largest?.name} with ${largest?.bytes}`;
}
