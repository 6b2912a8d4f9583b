import type { Permission } from "./permission.ts";

/** Whoever makes versions of templates, or keys for daemons, has code of their own run where daemons run, with what their jobs are given. */
const BY_WHICH_CODE_RUNS: Readonly<Record<string, readonly string[]>> = {
  template: ["create", "update"],
  provisioner_daemon: ["create"],
};

/** Whether one of the permissions is as good as running code on the server. */
export function runsCode(permissions: readonly Permission[]): boolean {
  return permissions.some(({ type, action, negate }) => {
    if (negate === true) return false;
    const actions = type === "*" ? Object.values(BY_WHICH_CODE_RUNS).flat() : (BY_WHICH_CODE_RUNS[type] ?? []);
    return actions.some((one) => action === "*" || action === one);
  });
}
