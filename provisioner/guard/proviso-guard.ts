/**
 * The guard is a program of its own beside a provisioner daemon. It ends Terraform's runs when the daemon cannot: because it was killed, or
 * because it was stopped (SIGSTOP, a debugger, a machine without a free page) while the leases of its jobs run out. It reads messages from
 * its input, a JSON object a line, and the end of its input means that the daemon is dead.
 */
import { createInterface } from "node:readline";
import type { GuardMessage } from "./guard.ts";
import { GuardedCommand } from "./guarded-command.ts";

const commands = new Map<number, GuardedCommand>();
let isOrphaned = false;

// It ends with its daemon, not with the terminal or service that ends both.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const message = parse(line);
    if (message !== undefined) take(message);
  })
  .on("close", () => {
    isOrphaned = true;
    for (const command of commands.values()) command.orphan();
    endIfDone();
  });

/** The last line may be cut off: its writer was killed. */
function parse(line: string): GuardMessage | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function take(message: GuardMessage): void {
  switch (message.kind) {
    case "watch":
      commands.set(message.id, new GuardedCommand(message, () => forget(message.id)));
      break;
    case "deadlines":
      commands.get(message.id)?.setDeadlines(message);
      break;
    case "release":
      forget(message.id);
      break;
    default:
      throw new Error(`unknown message ${JSON.stringify(message satisfies never)}`);
  }
}

function forget(id: number): void {
  commands.get(id)?.release();
  commands.delete(id);
  endIfDone();
}

function endIfDone(): void {
  if (isOrphaned && commands.size === 0) process.exit(0);
}
