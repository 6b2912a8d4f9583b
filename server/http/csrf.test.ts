import { expect, test } from "vitest";
import { csrfProof, isCsrfSafe } from "./csrf.ts";

test("what changes nothing needs no proof", () => {
  for (const method of ["GET", "HEAD", "OPTIONS", "TRACE"]) expect(isCsrfSafe(method, "session", undefined), method).toBe(true);
});

test("what changes something needs the proof of that very session", () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    expect(isCsrfSafe(method, "session", csrfProof("session")), method).toBe(true);
    for (const proof of [undefined, "", "session", csrfProof("other"), csrfProof("session").slice(1), [csrfProof("session")]])
      expect(isCsrfSafe(method, "session", proof), `${method} ${proof}`).toBe(false);
  }
});

test("the proof says nothing of the session, and can stand in a cookie", () => {
  expect(csrfProof("session")).toMatch(/^[\w-]{43}$/);
  expect(csrfProof("session")).not.toBe(csrfProof("sessions"));
});
