/**
 * Other sites can make a browser send our session cookie, but they can read neither the cookie nor the proof that goes with it. The proof
 * is derived from the session, so there is nothing to store, and a cookie that another site managed to set proves nothing.
 */
import { createHash } from "node:crypto";
import { isSameHash } from "#credentials/secret.ts";

/** Readable by our own pages, which send its value back in {@link CSRF_HEADER}. */
export const CSRF_COOKIE = "csrf_token";
export const CSRF_HEADER = "x-csrf-token";

const SAFE = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

export function csrfProof(sessionToken: string): string {
  return createHash("sha256").update(`csrf\0${sessionToken}`).digest("base64url");
}

/** Whether a request whose session came by cookie may proceed. */
export function isCsrfSafe(method: string, sessionToken: string, proof: string | readonly string[] | undefined): boolean {
  if (SAFE.has(method)) return true;
  return typeof proof === "string" && isSameHash(Buffer.from(proof), Buffer.from(csrfProof(sessionToken)));
}
