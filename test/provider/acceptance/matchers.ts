import { expect } from "vitest";

/** A random UUID, as Terraform stores it. */
export const anyUuid: unknown = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
