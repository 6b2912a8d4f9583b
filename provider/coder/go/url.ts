/**
 * Parses and prints URLs as Go's net/url does. Templates and stored states contain that library's output, and the URL class of the web
 * platform adds slashes, encodes more, and refuses much that Go accepts.
 */
import { escapeGo, escapesNothing, unescapeGo } from "./escape.ts";
import { goQuote } from "./quote.ts";

export interface GoUrl {
  /** In lower case, without the colon; empty if there is none. */
  readonly scheme: string;
  /** Everything after the scheme of a URL such as `mailto:someone`; otherwise empty. */
  readonly opaque: string;
  readonly user?: { readonly name: string; readonly password?: string };
  /** With the port. */
  readonly host: string;
  /** With its escapes, as written. */
  readonly path: string;
  /** Whether the URL has no slashes for a host, as in `http:/path`. */
  readonly omitHost: boolean;
  /** With the question mark; empty if there is none. */
  readonly query: string;
  /** With the number sign; empty if there is none. */
  readonly fragment: string;
}

// All work is done on bytes, each stored as one character, because Go's strings are bytes.
const toBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
const toText = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** @throws SyntaxError with Go's text, such as `parse "%zz": invalid URL escape "%zz"` */
export function parseGoUrl(text: string): GoUrl {
  const [before, ...behind] = toBytes(text).split("#");
  const main = before ?? "";
  const fragment = behind.join("#");
  try {
    const url = parseWithoutFragment(main);
    return { ...url, fragment: fragment === "" ? "" : `#${escapeFragment(fragment)}` };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`parse ${goQuote(error.cause === "fragment" ? text : toText(main))}: ${error.message}`);
  }
}

export function formatGoUrl(url: GoUrl): string {
  let bytes = url.scheme === "" ? "" : `${url.scheme}:`;
  if (url.opaque !== "") bytes += url.opaque;
  else {
    const authority = url.host !== "" || url.user !== undefined;
    if (authority || (url.scheme !== "" && !url.omitHost && url.path !== "")) bytes += "//";
    bytes += formatUser(url.user) + escapeGo(url.host, "host");
    if (url.host !== "" && url.path !== "" && !url.path.startsWith("/")) bytes += "/";
    const path = escapesNothing(url.path) ? url.path : escapeGo(unescapeGo(url.path, "path"), "path");
    if (bytes === "" && (path.split("/")[0] ?? "").includes(":")) bytes += "./";
    bytes += path;
  }
  return toText(bytes + url.query + url.fragment);
}

/** The same server's root: scheme, user and host, and `/` for the path. */
export function rootOf(url: GoUrl): GoUrl {
  return { ...url, opaque: "", path: "/", omitHost: false, query: "", fragment: "" };
}

/** The port as written, or undefined. */
export function portOf(url: GoUrl): number | undefined {
  const [, port] = /:(\d+)$/.exec(url.host) ?? [];
  return port === undefined ? undefined : Number(port);
}

function parseWithoutFragment(text: string): Omit<GoUrl, "fragment"> {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern searches for control characters
  if (/[\x00-\x1f\x7f]/.test(text)) throw new SyntaxError("net/url: invalid control character in URL");
  const none = { scheme: "", opaque: "", host: "", path: "", omitHost: false, query: "" };
  if (text === "*") return { ...none, path: "*" };
  if (text.startsWith(":")) throw new SyntaxError("missing protocol scheme");
  const [whole = "", name = ""] = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text) ?? [];
  const scheme = name.toLowerCase();
  const behind = text.slice(whole.length);
  const mark = behind.indexOf("?");
  const [rest, query] = mark < 0 ? [behind, ""] : [behind.slice(0, mark), behind.slice(mark)];
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...none, scheme, opaque: rest, query };
    if ((rest.split("/")[0] ?? "").includes(":")) throw new SyntaxError("first path segment in URL cannot contain colon");
  }
  const hasAuthority = rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"));
  const slash = hasAuthority ? rest.indexOf("/", 2) : 0;
  const authority = hasAuthority ? rest.slice(2, slash < 0 ? undefined : slash) : "";
  const path = slash < 0 ? "" : rest.slice(slash);
  unescapeGo(path, "path"); // Only to find out what is wrong with it.
  const omitHost = !hasAuthority && scheme !== "" && rest.startsWith("/");
  return { ...none, scheme, path, omitHost, query, ...parseAuthority(authority) };
}

function parseAuthority(authority: string): Pick<GoUrl, "host" | "user"> {
  const at = authority.lastIndexOf("@");
  const host = parseHost(authority.slice(at + 1));
  if (at < 0) return { host };
  const userinfo = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userinfo)) throw new SyntaxError("net/url: invalid userinfo");
  const colon = userinfo.indexOf(":");
  if (colon < 0) return { host, user: { name: unescapeGo(userinfo, "user") } };
  return { host, user: { name: unescapeGo(userinfo.slice(0, colon), "user"), password: unescapeGo(userinfo.slice(colon + 1), "user") } };
}

function parseHost(host: string): string {
  if (host.startsWith("[")) {
    const end = host.lastIndexOf("]");
    if (end < 0) throw new SyntaxError("missing ']' in host");
    checkPort(host.slice(end + 1));
    const zone = host.indexOf("%25");
    if (zone < 0 || zone > end) return unescapeGo(host, "host");
    return unescapeGo(host.slice(0, zone), "host") + unescapeGo(host.slice(zone, end), "zone") + unescapeGo(host.slice(end), "host");
  }
  const colon = host.indexOf(":");
  if (colon >= 0) checkPort(host.slice(colon));
  return unescapeGo(host, "host");
}

function checkPort(port: string): void {
  if (!/^(:\d*)?$/.test(port)) throw new SyntaxError(`invalid port ${goQuote(toText(port))} after host`);
}

function formatUser(user: GoUrl["user"]): string {
  if (user === undefined) return "";
  return `${escapeGo(user.name, "user")}${user.password === undefined ? "" : `:${escapeGo(user.password, "user")}`}@`;
}

function escapeFragment(fragment: string): string {
  try {
    const plain = unescapeGo(fragment, "fragment");
    return escapesNothing(fragment) ? fragment : escapeGo(plain, "fragment");
  } catch (error) {
    if (error instanceof SyntaxError) throw new SyntaxError(error.message, { cause: "fragment" });
    throw error;
  }
}
