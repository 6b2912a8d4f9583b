import type { Migration } from "./column-types.ts";

/** Keeps the number free for a migration of another branch, which replaces this file. */
export const placeholder: Migration = {
  name: "placeholder",
  statements: () => [],
};
