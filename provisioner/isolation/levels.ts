/** What contains the code of a template while a daemon runs it. docs/operating.md says what each level stops. */
const LEVELS = ["none", "process", "namespace", "user"] as const;

/**
 * - `none`: nothing. What a job starts may go on when the job has ended.
 * - `process`: all processes of a command end with it.
 * - `namespace`: besides, it sees no other process, no file of the daemon, the server or another job, and can change only its own.
 * - `user`: besides, it runs as a user of its own, who may read only what everybody may.
 */
export type Level = (typeof LEVELS)[number];

/** What an operator may ask for. `auto` is `namespace` where that works, else `process`. */
export const CHOICES = ["auto", ...LEVELS] as const;
export type Choice = (typeof CHOICES)[number];

/** What a template's author can do although there is isolation, or because there is none: one sentence for the log. */
export const REMAINS: Readonly<Record<Level, string>> = {
  none: "code of a template can read and change whatever the daemon's user can, also when its job has ended",
  process: "code of a template can read and change whatever the daemon's user can, while its job runs",
  namespace: "code of a template can read what the daemon's user can outside of Proviso's own files, and reach the network",
  user: "code of a template can read what every user of this machine can, and reach the network",
};
