import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { useProjectNode } from "./test/project-node.ts";

export default defineConfig(async () => {
  await useProjectNode(import.meta.dirname);
  return {
    // As in tsconfig.json: what examples import by the provider SDK's name from outside is the source.
    ssr: { resolve: { conditions: ["proviso-source", "module", "node", "development|production"] } },
    test: {
      include: ["**/*.test.ts"],
      exclude: ["**/node_modules/**", "**/dist/**"],
      // Most of the tests wait for a process of theirs: one worker a core would leave the cores idle.
      maxWorkers: Math.max(3, availableParallelism()),
      // Files share a worker's modules: loading the server anew for each of them cost a third of the whole run. So a test leaves nothing behind
      // in a module or in the process that the next one could find.
      isolate: false,
      testTimeout: 30_000,
      hookTimeout: 60_000,
    },
  };
});
