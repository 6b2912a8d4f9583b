import { expect, test } from "vitest";
import { DependencyGraph } from "./dependency-graph.ts";
import { DotSyntaxError, parseDot } from "./dot.ts";

const printed = String.raw`digraph {
	compound = "true"
	newrank = "true"
	subgraph "root" {
		"[root] module.m.terraform_data.y (expand)" [label = "module.m.terraform_data.y", shape = "box"]
		"[root] provider[\"terraform.io/builtin/terraform\"]" [label = "provider[\"terraform.io/builtin/terraform\"]", shape = "diamond"]
		"[root] terraform_data.a (expand)" [label = "terraform_data.a", shape = "box"]
		"[root] module.m.terraform_data.y (expand)" -> "[root] module.m (expand)"
		"[root] module.m (expand)" -> "[root] terraform_data.a (expand)"
		"[root] terraform_data.a (expand)" -> "[root] provider[\"terraform.io/builtin/terraform\"]"
	}
}
`;

test("reads what terraform graph prints", () => {
  const { nodes, edges } = parseDot(printed);
  expect(nodes.get("[root] module.m.terraform_data.y (expand)")).toBe("module.m.terraform_data.y");
  expect(nodes.get('[root] provider["terraform.io/builtin/terraform"]')).toBe('provider["terraform.io/builtin/terraform"]');
  expect(nodes.get("[root] module.m (expand)")).toBe("[root] module.m (expand)");
  expect(edges).toHaveLength(3);
});

for (const { form, text, edges } of [
  { form: "bare names and an edge chain", text: "digraph G { a -> b -> c; }", edges: ["a>b", "b>c"] },
  { form: "no spaces", text: "digraph{a->b}", edges: ["a>b"] },
  {
    form: "attributes, comments and defaults",
    text: 'strict digraph "x" { // c\n node [shape=box] /* d */ a -> b [color="r,]"]; # e\n }',
    edges: ["a>b"],
  },
  {
    form: "nested anonymous subgraphs",
    text: "digraph { subgraph { a -> b { c } } subgraph cluster_x { c -> -1.5 } }",
    edges: ["a>b", "c>-1.5"],
  },
]) {
  test(`reads ${form}`, () => expect(parseDot(text).edges.map(({ from, to }) => `${from}>${to}`)).toEqual(edges));
}

for (const text of ["", "digraph {", "digraph { a -> }", "digraph { a } b", 'digraph { "a }', "digraph { a = }", "digraph { @ }"]) {
  test(`refuses ${JSON.stringify(text)}`, () => expect(() => parseDot(text)).toThrow(DotSyntaxError));
}

test("finds the nearest accepted node in either direction, the smallest of equals", () => {
  const graph = new DependencyGraph(
    parseDot("digraph { far -> near -> agent; b -> agent; a -> agent; loop -> loop; agent -> base -> root }"),
  );
  expect(graph.nearestDependent("agent", (label) => label !== "near")).toBe("a");
  expect(graph.nearestDependent("agent", (label) => label === "far")).toBe("far");
  expect(graph.nearestDependent("loop", () => true)).toBeUndefined();
  expect(graph.nearestDependency("far", (label) => label === "root")).toBe("root");
  expect(graph.nearestDependency("missing", () => true)).toBeUndefined();
});
