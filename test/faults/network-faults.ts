import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, holder } from "./strike.ts";

/** The network between the daemon that has the job and the server breaks, for a moment or past the lease. */
export const partition: Fault = async (strike) => {
  const { world, chance, note, hurryOn } = strike;
  const { link } = holder(strike);
  const how = chance.pick(["silent", "silent", "deaf", "reset"] as const);
  link.cut(how);
  try {
    if (chance.happens(0.3)) {
      note(`${how}, for a moment`);
      await sleep(world.leaseMs / 4);
    } else {
      note(`${how}, past the lease`);
      await sleep(world.leaseMs + chance.between(300, 2_500));
      if (chance.happens(0.5)) await hurryOn();
    }
  } finally {
    link.mend();
  }
};
