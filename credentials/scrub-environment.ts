import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";

/**
 * Takes variables out of this process's environment, also out of what the system shows of it: `/proc/PID/environ` shows the memory in which
 * the process once got its environment, whatever has been done to the variables since. So that memory is overwritten.
 *
 * Call it before anything else reads the environment of this process, or starts another one.
 *
 * @param options.keep what this process itself still reads from its environment, and hands to the programs that it starts
 * @returns whether the system shows none of them any more. Always true where it has no such file, but for the variables themselves
 */
export function scrubEnvironment(
  isSecret: (name: string) => boolean,
  { keep }: { readonly keep?: (name: string) => boolean } = {},
): boolean {
  const found = Object.entries(process.env).filter(([name]) => isSecret(name));
  for (const [name] of found) delete process.env[name];
  const isGone = found.length === 0 || process.platform !== "linux" || isOverwritten(isSecret);
  // What is set now is in memory that the system does not show.
  for (const [name, value] of found) if (keep?.(name)) process.env[name] = value;
  return isGone;
}

function isOverwritten(isSecret: (name: string) => boolean): boolean {
  try {
    overwrite(isSecret);
  } catch {
    // Some systems let no process write to its own memory that way.
  }
  return !showsAny(isSecret);
}

function overwrite(isSecret: (name: string) => boolean): void {
  const stat = readFileSync("/proc/self/stat", "utf8");
  // The 50th and the 51st field; the second one, in parentheses, may contain anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [start, end] = [Number(fields[47]), Number(fields[48])];
  if (!(start > 0 && end > start)) return;
  const memory = openSync("/proc/self/mem", "r+");
  try {
    const bytes = Buffer.alloc(end - start);
    readSync(memory, bytes, 0, bytes.length, start);
    for (let from = 0; from < bytes.length; ) {
      const to = bytes.indexOf(0, from);
      const past = to === -1 ? bytes.length : to;
      const sign = bytes.indexOf("=", from);
      if (sign !== -1 && sign < past && isSecret(bytes.toString("latin1", from, sign)))
        writeSync(memory, Buffer.alloc(past - sign - 1), 0, past - sign - 1, start + sign + 1);
      from = past + 1;
    }
  } finally {
    closeSync(memory);
  }
}

function showsAny(isSecret: (name: string) => boolean): boolean {
  try {
    return readFileSync("/proc/self/environ", "latin1")
      .split("\0")
      .some((entry) => entry.indexOf("=") < entry.length - 1 && isSecret(entry.slice(0, entry.indexOf("="))));
  } catch {
    return false;
  }
}
