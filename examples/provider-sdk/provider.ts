import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isUnknown } from "proviso/provider-sdk/cty/value";
import { definitions } from "proviso/provider-sdk/define";
import { DiagnosticError } from "proviso/provider-sdk/diagnostic";
import { type DefinedProvider, defineProvider } from "proviso/provider-sdk/provider";
import { strictRules } from "proviso/provider-sdk/rules/strict";
import { computed, defaulted, required } from "proviso/provider-sdk/schema/attribute";
import { block } from "proviso/provider-sdk/schema/block";
import { validator } from "proviso/provider-sdk/schema/validators";
import { string } from "proviso/provider-sdk/schema/value-type";

const { resource } = definitions<{ readonly folder: string }>();
const plainName = validator<string>((name) => (/^[\w-]+$/.test(name) ? undefined : `${name} is not a plain name`), "Letters and digits.");

const note = resource({
  version: 0,
  schema: block({
    description: "A note on the shelf.",
    attributes: {
      name: required(string, { description: "The name of the note.", validate: [plainName], replace: true }),
      text: defaulted(string, "", { description: "The text of the note." }),
      path: computed(string, { description: "The file that holds the note.", stable: true }),
    },
  }),
  async create({ name, text }, { configuration }) {
    const path = join(configuration.folder, `${name}.txt`);
    await writeFile(path, text, { flag: "wx" }).catch((cause) => {
      throw new DiagnosticError({ summary: `Cannot create the note ${name}`, detail: cause.message, path: ["name"] }, { cause });
    });
    return { path };
  },
  read: async ({ path }) => (existsSync(path ?? "") ? { text: await readFile(path ?? "", "utf8") } : "gone"),
  update: ({ text }, { path }) => writeFile(path ?? "", text).then(() => ({})),
  delete: ({ path }) => rm(path ?? "", { force: true }),
});

export function shelfProvider(): DefinedProvider {
  const folder = required(string, { description: "The folder for the notes." });
  return defineProvider({
    name: "shelf",
    rules: strictRules,
    schema: block({ description: "Keeps notes in a folder.", attributes: { folder } }),
    // Unknown only during a plan, and a plan creates no notes.
    configure: ({ folder }) => ({ folder: isUnknown(folder) ? "" : folder }),
    resources: { shelf_note: note },
    dataSources: {},
  });
}
