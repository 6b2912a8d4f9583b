/** Programs that are killed, stopped, or told to end. */
import { setTimeout as sleep } from "node:timers/promises";
import { signalIfThere } from "./process-table.ts";
import type { Program } from "./programs.ts";
import { type Fault, holder, holderProgram, type Strike, terraformEnds } from "./strike.ts";

/** Longer than anything that a program may finish: a job of the slowest template and the grace of a Terraform that hears nothing. */
const SHUTDOWN_MS = 40_000;

export const killServer: Fault = async (strike) => {
  const { world, chance } = strike;
  await world.server.kill();
  await comesBack(strike, chance.pick(["at once", "at once", "a second later", "when Terraform has ended"]));
  await world.server.start();
};

export const serverGone: Fault = async ({ world, chance, note }) => {
  await world.server.kill();
  const awayMs = world.leaseMs + chance.between(500, 3_000);
  note(`away for ${awayMs.toFixed(0)} ms`);
  await sleep(awayMs);
  await world.server.start();
};

export const killDaemon: Fault = async (strike) => {
  const { chance, note, hurryOn } = strike;
  const { program } = holder(strike);
  await program.kill();
  if (chance.happens(0.25)) {
    note("comes back after its lease");
    await pastLease(strike);
    if (chance.happens(0.5)) await hurryOn();
  } else await comesBack(strike, chance.pick(["at once", "a second later", "when Terraform has ended"]));
  await program.start();
};

export const killBoth: Fault = async (strike) => {
  const { world, chance } = strike;
  const { program } = holder(strike);
  const victims = chance.happens(0.5) ? [program, world.server] : [world.server, program];
  for (const victim of victims) await victim.kill();
  await comesBack(strike, chance.pick(["at once", "a second later", "when Terraform has ended"]));
  for (const victim of chance.happens(0.5) ? victims : victims.toReversed()) await victim.start();
};

/** Nothing survives that could end or rescue anything, until the programs start again. */
export const killMachine: Fault = async ({ world, chance, mayLoseWhatIsInHand }) => {
  mayLoseWhatIsInHand("killed");
  for (const { pid } of world.guards()) signalIfThere(pid, "SIGKILL");
  await Promise.all([world.server, ...world.daemons.map(({ program }) => program)].map((program) => program.kill()));
  for (const { pid } of world.terraforms()) signalIfThere(pid, "SIGKILL");
  await sleep(chance.pick([0, 1_000, world.leaseMs + 500]));
  await world.startAll();
};

/** What it has in hand is lost; what it has written is not. */
export const killTerraform: Fault = async ({ world, mayLoseWhatIsInHand }) => {
  mayLoseWhatIsInHand("killed");
  for (const { pid } of world.terraforms()) signalIfThere(pid, "SIGKILL");
};

/** The process that would end Terraform if its daemon died. Sometimes the daemon dies too, with it or a moment later. */
export const killGuard: Fault = async (strike) => {
  const { world, chance, note, expectSuccess } = strike;
  const program = holderProgram(strike);
  const guards = world.guards();
  for (const { pid } of guards) signalIfThere(pid, "SIGKILL");
  note(`${guards.length} killed`);
  if (chance.happens(0.6)) {
    expectSuccess();
    return;
  }
  await sleep(chance.pick([0, chance.between(300, 1_500)]));
  note(`then the ${program.name}`);
  await program.kill();
  await program.start();
};

export const stopDaemon: Fault = async (strike) => {
  const { chance, hurryOn } = strike;
  const { program } = holder(strike);
  program.signal("SIGSTOP");
  try {
    await pastLease(strike);
    if (chance.happens(0.5)) await hurryOn();
  } finally {
    program.signal("SIGCONT");
  }
};

export const stopServer: Fault = async ({ world, chance, note }) => {
  const stoppedMs = chance.pick([world.leaseMs / 2, world.leaseMs + 1_500]);
  note(`for ${stoppedMs} ms`);
  world.server.signal("SIGSTOP");
  await sleep(stoppedMs);
  world.server.signal("SIGCONT");
};

export const endServer: Fault = async (strike) => {
  await end(strike, strike.world.server, "SIGTERM");
};

export const endDaemon: Fault = async (strike) => {
  await end(strike, holder(strike).program, strike.chance.pick(["SIGTERM", "SIGTERM", "SIGINT"] as const));
};

/** Only a first SIGTERM lets a job finish. A server does not wait for daemons elsewhere, which may not find it again in time. */
async function end(strike: Strike, program: Program, signal: NodeJS.Signals): Promise<void> {
  const { chance, note, expectSuccess, didNotEnd } = strike;
  const runner = holderProgram(strike);
  program.signal(signal);
  note(signal);
  if (chance.happens(0.35)) {
    await sleep(chance.between(50, 1_000));
    program.signal(signal);
    note("twice");
  } else if (signal === "SIGTERM" && program === runner) expectSuccess();
  if (!(await program.ends(SHUTDOWN_MS))) {
    didNotEnd(program.name);
    await program.kill();
  }
  await program.start();
}

async function comesBack({ world, note }: Strike, when: "at once" | "a second later" | "when Terraform has ended"): Promise<void> {
  note(`back ${when}`);
  if (when === "a second later") await sleep(1_000);
  if (when === "when Terraform has ended") await terraformEnds(world);
}

async function pastLease({ world, chance }: Strike): Promise<void> {
  await sleep(world.leaseMs + chance.between(300, 2_500));
}
