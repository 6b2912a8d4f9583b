import { resolve } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** Replaces `$NAME` and `${NAME}` with the variable's value, or with nothing if it is not set. */
export function expandVariables(text: string, env: Env): string {
  return text.replace(/\$(?:\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g, (_, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare ?? "";
    return (Object.hasOwn(env, name) ? env[name] : undefined) ?? "";
  });
}

/**
 * Expands a variable's value. If the variable adds to its own former value (`/opt/bin:$PATH`) and has none, the colon goes as well: an
 * empty entry of a search path stands for the current folder, where anybody may have put something.
 */
export function expandValue(name: string, value: string, env: Env): string {
  if (env[name]) return expandVariables(value, env);
  const isItself = (entry: string): boolean => entry === `$${name}` || entry === `$\{${name}}`;
  const entries = value.split(":");
  return expandVariables(entries.some(isItself) ? entries.filter((entry) => !isItself(entry)).join(":") : value, env);
}

/** Expands a path as template authors write it: with a leading `~`, variables, or relative to `base`. An empty path stays empty. */
export function expandPath(path: string, { home, env, base }: { home: string; env: Env; base: string }): string {
  if (path === "") return "";
  const fromHome = path === "~" || path.startsWith("~/") ? home + path.slice(1) : path;
  return resolve(base, expandVariables(fromHome, env));
}
