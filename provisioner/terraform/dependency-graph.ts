import { type DotGraph, parseDot } from "./dot.ts";

/** The dependencies between the blocks of a configuration. A block's label is its address without instance keys. */
export class DependencyGraph {
  readonly labels: ReadonlySet<string>;
  readonly #labelOf: ReadonlyMap<string, string>;
  readonly #nodesOf = new Map<string, string[]>();
  readonly #dependencies = new Map<string, string[]>();
  readonly #dependents = new Map<string, string[]>();

  /** @throws DotSyntaxError */
  static parse(dot: string): DependencyGraph {
    return new DependencyGraph(parseDot(dot));
  }

  constructor(graph: DotGraph) {
    this.#labelOf = graph.nodes;
    this.labels = new Set(graph.nodes.values());
    for (const [node, label] of graph.nodes) push(this.#nodesOf, label, node);
    for (const { from, to } of graph.edges) {
      push(this.#dependencies, from, to);
      push(this.#dependents, to, from);
    }
  }

  /** Finds the nearest accepted label that depends on this one, directly or indirectly; among equally near ones, the smallest. */
  nearestDependent(label: string, accept: (label: string) => boolean): string | undefined {
    return this.#nearest(label, this.#dependents, accept);
  }

  /** Finds the nearest accepted label that this one depends on; among equally near ones, the smallest. */
  nearestDependency(label: string, accept: (label: string) => boolean): string | undefined {
    return this.#nearest(label, this.#dependencies, accept);
  }

  #nearest(label: string, next: ReadonlyMap<string, readonly string[]>, accept: (label: string) => boolean): string | undefined {
    // Variables, outputs and local values stand in edges only.
    let front = this.#nodesOf.get(label) ?? [`[root] ${label} (expand)`];
    const seen = new Set(front);
    while (front.length > 0) {
      const following: string[] = [];
      for (const node of front)
        for (const neighbour of next.get(node) ?? []) {
          if (seen.has(neighbour)) continue;
          seen.add(neighbour);
          following.push(neighbour);
        }
      const [found] = following
        .map((node) => this.#labelOf.get(node) ?? node)
        .filter(accept)
        .sort();
      if (found !== undefined) return found;
      front = following;
    }
    return undefined;
  }
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
