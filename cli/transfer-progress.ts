import type { Writable } from "node:stream";

/** What the meter of a transfer writes to. */
type Terminal = Writable & { readonly isTTY?: boolean };

const SHOW_EVERY_MS = 100;

/** Counts the bytes that pass, and shows them on one line of a terminal that is overwritten, and at the end cleared. */
export function meter(
  out: Terminal,
  {
    verb,
    totalBytes,
    now = () => performance.now(),
  }: { readonly verb: string; readonly totalBytes: number | undefined; readonly now?: () => number },
): TransformStream<Uint8Array, Uint8Array> {
  let [passed, shownAt] = [0, now()];
  const show = (): void => {
    if (out.isTTY !== true || now() - shownAt < SHOW_EVERY_MS) return;
    shownAt = now();
    out.write(`\r${verb} ${formatSize(passed)}${totalBytes === undefined ? "" : ` of ${formatSize(totalBytes)}`}\u001b[K`);
  };
  return new TransformStream({
    transform: (bytes, controller) => {
      passed += bytes.length;
      show();
      controller.enqueue(bytes);
    },
    flush: () => {
      if (out.isTTY === true) out.write("\r\u001b[K");
    },
  });
}

/** Formats a number of bytes for people: `812 bytes`, `34 KiB`, `12.5 MiB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`;
  if (bytes < 1_024 * 1_024) return `${Math.round(bytes / 1_024)} KiB`;
  return `${(bytes / (1_024 * 1_024)).toFixed(1)} MiB`;
}
