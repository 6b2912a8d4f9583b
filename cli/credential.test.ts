import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { parseCredential } from "./credential.ts";

for (const kind of ["session", "token"] as const) {
  test(`knows a ${kind} by its form, copied whole or not`, () => {
    const text = `aB3dE5gH7j-${formatSecret(kind)}`;
    expect(parseCredential(text)).toEqual({ id: "aB3dE5gH7j", kind });
    expect(parseCredential(text.slice(0, 30))).toEqual({ id: "aB3dE5gH7j", kind });
  });
}

for (const text of ["", "ci", "aB3dE5gH7j", "nightly-runs", "aB3dE5gH7j-later", formatSecret("token"), `short-${formatSecret("token")}`]) {
  test(`takes "${text.slice(0, 16)}" for none`, () => expect(parseCredential(text)).toBeUndefined());
}
