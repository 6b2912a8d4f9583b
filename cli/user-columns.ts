import type { User } from "#sdk/users.ts";
import type { Columns } from "./print.ts";
import { formatTime } from "./token-columns.ts";

export const USER_COLUMNS: Columns<User> = {
  id: (row) => row.id,
  username: (row) => row.username,
  name: (row) => row.name ?? "",
  email: (row) => row.email,
  "created at": (row) => formatTime(row.created_at),
  "updated at": (row) => formatTime(row.updated_at),
  "last seen at": (row) =>
    row.last_seen_at === undefined || row.last_seen_at.startsWith("0001-") ? "never" : formatTime(row.last_seen_at),
  status: (row) => row.status,
  roles: (row) => row.roles.map((role) => role.name).join(", "),
};

export const USER_DEFAULTS = ["username", "email", "created at", "status"];
