import { coderProvider } from "#provider/coder/provider.ts";
import { FakeHost, type SeenDiagnostic } from "#provider/sdk/fake-host.ts";
import type { Json, Refusal } from "./refusals.ts";

/** What the provider says to a case: in the phase that the case is about, and on the way there. */
export interface Said {
  /** In the phases before; warnings only. */
  readonly before: readonly SeenDiagnostic[];
  readonly said: readonly SeenDiagnostic[];
}

/** Brings cases to the provider without Terraform. */
export class RefusalHosts {
  /** By the build's variables: a provider keeps nothing but its configuration. */
  readonly #hosts = new Map<string, Promise<FakeHost>>();

  /** @throws Error if an earlier phase refuses the case already, or the provider is at fault */
  async say(refusal: Refusal): Promise<Said> {
    const host = await this.#host(refusal);
    const phases = refusal.type === "provider" ? ofProvider : refusal.type.startsWith("data.") ? ofDataSource : ofResource;
    const before: SeenDiagnostic[] = [];
    for await (const [phase, said] of phases(host, refusal)) {
      if (host.faults.length > 0) throw new Error(`a fault of the provider's own in ${phase}`, { cause: host.faults[0] });
      if (phase === refusal.when) return { before, said };
      const error = said.find(({ severity }) => severity === "error");
      if (error !== undefined) throw new Error(`refused in the phase ${phase} already: ${error.summary}`);
      before.push(...said);
    }
    throw new Error(`${refusal.type} has no phase ${refusal.when}`);
  }

  #host({ type, env }: Refusal): Promise<FakeHost> {
    const connect = () => FakeHost.connect(coderProvider({ env }));
    if (type === "provider") return connect();
    const key = JSON.stringify(env);
    const host = this.#hosts.get(key) ?? connect();
    this.#hosts.set(key, host);
    return host;
  }
}

type Phases = AsyncGenerator<readonly [string, readonly SeenDiagnostic[]]>;

async function* ofProvider(host: FakeHost, { config }: Refusal): Phases {
  yield ["validate", await host.validate("provider", config)];
  yield ["configure", await host.configure(config)];
}

async function* ofDataSource(host: FakeHost, { type, config }: Refusal): Phases {
  yield ["validate", await host.validate(type, config)];
  yield ["configure", await host.configure({})];
  yield ["read", (await host.readData(type.slice("data.".length), config)).diagnostics];
}

async function* ofResource(host: FakeHost, { type, config, before }: Refusal): Phases {
  yield ["validate", await host.validate(type, config)];
  yield ["configure", await host.configure({})];
  const stored = before === undefined ? null : await create(host, type, before);
  const planned = await host.plan(type, config, stored);
  yield ["plan", planned.diagnostics];
  // As Terraform does it: what is replaced is planned once more, as if nothing had been there.
  const isNew = stored === null || planned.replaces.length > 0;
  if (stored !== null && isNew) yield ["plan of another object", (await host.plan(type, config)).diagnostics];
  const applied = await host.apply(type, config, isNew ? null : stored);
  yield ["apply", applied.diagnostics];
  yield ["read", (await host.read(type, applied.state, applied.privateBytes)).diagnostics];
}

async function create(host: FakeHost, type: string, config: Json): Promise<unknown> {
  const { state, diagnostics } = await host.apply(type, config);
  const error = diagnostics.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(`what should be there before is refused: ${error.summary}`);
  return state;
}
