/** `node generator-process.ts <generator> <directory>` runs one generator in its own process. It reads the schema from standard input. */
import { text } from "node:stream/consumers";
import { isGeneratorName, loadGenerator } from "./binding-generator.ts";

const [name = "", directory = ""] = process.argv.slice(2);
if (!isGeneratorName(name)) throw new TypeError(`unknown generator ${JSON.stringify(name)}`);
const generator = await loadGenerator(name);
await generator.generate(await text(process.stdin), directory);
