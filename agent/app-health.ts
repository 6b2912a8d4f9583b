import { setTimeout as sleep } from "node:timers/promises";
import type { CheckedApp } from "./manifest.ts";

export type Health = "initializing" | "healthy" | "unhealthy";

/** Sends the health of all checked apps. */
export type SendHealths = (healths: ReadonlyMap<string, Health>) => Promise<unknown>;

/** Checks whether an app answers; any status below 500 counts. */
export async function isAppUp(url: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    await answer.body?.cancel();
    return answer.status < 500;
  } catch {
    return false;
  }
}

/**
 * Checks each app at its interval and reports at most once a second if something changed, until the signal. An app is healthy after one
 * success, and unhealthy after one more consecutive failure than the threshold. A failed report is repeated in the next second.
 */
export async function reportAppHealth(
  apps: readonly CheckedApp[],
  { send, isUp = isAppUp, tickMs = 1_000 }: { send: SendHealths; isUp?: typeof isAppUp; tickMs?: number },
  signal: AbortSignal,
): Promise<void> {
  if (apps.length === 0) return;
  const healths = new Map<string, Health>(apps.map((app) => [app.id, app.isHealthy ? "healthy" : "initializing"]));
  let hasChanged = false;
  const set = (id: string, health: Health): void => {
    hasChanged ||= healths.get(id) !== health;
    healths.set(id, health);
  };
  const check = async (app: CheckedApp): Promise<void> => {
    for (let failures = 0; !signal.aborted; ) {
      await sleep(app.intervalMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      if (await isUp(app.url, Math.max(1, app.intervalMs - 1), signal)) {
        failures = 0;
        set(app.id, "healthy");
      } else if (failures < app.threshold) failures++;
      else set(app.id, "unhealthy");
    }
  };
  const report = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(tickMs, undefined, { signal }).catch(() => {});
      if (!hasChanged || signal.aborted) continue;
      hasChanged = false;
      try {
        await send(healths);
      } catch {
        hasChanged = true;
      }
    }
  };
  await Promise.all([report(), ...apps.map(check)]);
}
