/** Schemes that a browser interprets itself, with the rights of the page that shows the link, or with which it reads what is on its disk. */
const REFUSED = new Set([
  "about",
  "blob",
  "chrome",
  "data",
  "feed",
  "file",
  "filesystem",
  "intent",
  "jar",
  "javascript",
  "livescript",
  "mhtml",
  "mocha",
  "resource",
  "vbscript",
  "view-source",
  "ws",
  "wss",
]);
const SCHEME = /^([^/?#:[]*):(.*)$/s;

/** Returns a link that may be shown. Rows of an older version may have others. */
export function shownLink(url: string | null): string | undefined {
  return url === null || linkProblem(url) !== undefined ? undefined : url;
}

/**
 * Explains why a link of a template cannot be shown to people; undefined if it can. Web addresses, paths, and the `scheme://…` of programs
 * such as editors are accepted. Browsers drop spaces and control characters before they look for a scheme, so a link with any is refused.
 */
export function linkProblem(url: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  if (/[\0-\x1f\x7f]/.test(url)) return "it contains a control character";
  if (url !== url.trim()) return "it begins or ends with a space";
  const [, scheme, rest = ""] = SCHEME.exec(url) ?? [];
  if (scheme === undefined) return undefined;
  if (!/^[a-z][a-z0-9+.-]*$/i.test(scheme)) return "what stands before its colon is no scheme";
  if (REFUSED.has(scheme.toLowerCase())) return `links with the scheme ${scheme.toLowerCase()} are not shown to people`;
  // `localhost:8080` is an address without a scheme.
  if (rest.startsWith("//") || /^\d/.test(rest) || /^(?:https?|mailto)$/i.test(scheme)) return undefined;
  return `expected a web address, or a link such as ${scheme.toLowerCase()}://…`;
}
