import type { Interrupts } from "./interrupts.ts";

/** What a command gets from its process. Commands do not access `process` in any other way. */
export interface CliContext {
  readonly env: Readonly<Record<string, string>>;
  readonly platform: NodeJS.Platform;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly interrupts: Interrupts;
  readonly now: () => number;
  /** Takes secrets out of the process's own environment: from then on, they are in `env` alone. */
  readonly scrubEnvironment?: () => void;
}

/** The options that every command takes, before or after its name. */
export interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly globalConfig?: string;
  readonly verbose?: boolean;
}
