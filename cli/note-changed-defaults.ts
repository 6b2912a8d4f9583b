import type { Client } from "#sdk/client.ts";
import type { CliContext } from "./context.ts";

/** Says which defaults of a template's variables differ from those of an earlier version. The API shows no defaults of sensitive ones. */
export async function noteChangedDefaults(context: CliContext, client: Client, versions: { before: string; now: string }): Promise<void> {
  const { signal } = context.interrupts;
  const [before, now] = await Promise.all([
    client.listTemplateVersionVariables(versions.before, { signal }),
    client.listTemplateVersionVariables(versions.now, { signal }),
  ]);
  for (const { name, default_value: value, required, is_set: isSet } of now) {
    const earlier = before.find((variable) => variable.name === name);
    if (earlier === undefined || earlier.required || required || earlier.default_value === value) continue;
    const change = `The default of variable ${JSON.stringify(name)} has changed, from ${shown(earlier.default_value)} to ${shown(value)}.`;
    const effect = isSet
      ? `It has a value of its own; to use the default: --use-default ${name}`
      : "Builds of this version use the new one.";
    context.stderr.write(`${change} ${effect}\n`);
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
