// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how HCL and shell scripts look
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { readLiteral } from "./hcl-literal.ts";
import { scanBody, scanObject, scanTuple } from "./hcl-scan.ts";
import { parseTemplate } from "./parse-template.ts";

async function parse(files: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(path.join(tmpdir(), "parse-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
  return parseTemplate(directory);
}

const brief = ({ name, type, defaultValue, required, sensitive, description }: Awaited<ReturnType<typeof parse>>["variables"][number]) =>
  [name, type, defaultValue, required ? "required" : "optional", sensitive ? "sensitive" : "", description].join("|");

test("finds variables by file and line, whatever stands around them", async () => {
  const { variables } = await parse({
    "b.tf": `
# variable "not_this" {}
/* variable "nor_this" {} */
locals {
  text = "variable \\"inner\\" { \${ format("}%s{", "x") } "
  doc  = <<-EOT
    variable "heredoc" {
    EOT
  after = { a = "}" }
}
variable "first" { type = string }   // a comment with a }
variable second {
  description = "It's \\"quoted\\" } and \\u00e9"
  type        = object({
    a = string # } comment
    b = optional(number, 1)
  })
  default = {
    a = "x", "b": 2
    list = [1, -2.5, true, null, "}"] // trailing
  }
  sensitive = true
  validation {
    condition     = var.second.a != "}"
    error_message = "no"
  }
}
variable "nothing" { default = null }
variable "text" {
  default = <<EOT
line one
  line two
EOT
}
resource "x" "y" { variable "nested" {} }
`,
    "a.tf": 'variable "from_a" {\r\n  default = "v" # why\r\n}\r\n',
    "c.tf.json": '{"variable":{"json":{"type":"bool","default":true},"bare":{}}}',
    "ignored.txt": 'variable "x" {}',
  });
  expect(variables.map(brief)).toEqual([
    "from_a||v|optional||",
    "first|string||required||",
    `second|object({\n    a = string # } comment\n    b = optional(number, 1)\n  })|{"a":"x","b":2,"list":[1,-2.5,true,null,"}"]}|optional|sensitive|It's "quoted" } and é`,
    "nothing|||required||",
    "text||line one\n  line two\n|optional||",
    "json|bool|true|optional||",
    "bare|||required||",
  ]);
});

test("reads Terraform's JSON syntax, in which a list of objects may stand for each object and every string is a template", async () => {
  const { variables, workspaceTags } = await parse({
    "a.tf.json": JSON.stringify({
      "//": { metadata: {} },
      variable: [{ one: [{ default: "a$${b}", description: "100%%{x}" }] }, { two: { default: { deep: ["$${c}"] } }, three: null }],
      data: [
        { coder_workspace: { me: {} } },
        {
          coder_workspace_tags: {
            t: [
              {
                tags: {
                  zone: "eu",
                  size: "${data.coder_parameter.size.value}",
                  both: '${lookup({ a = "}" }, "a")}-"x"\n$${y}',
                  two: "${a}${b}",
                  count: 2,
                },
              },
            ],
          },
        },
      ],
    }),
    "b.tf.json": "[not a configuration",
  });
  expect(variables.map(brief)).toEqual(["one||a${b}|optional||100%{x}", 'two||{"deep":["${c}"]}|optional||']);
  expect(workspaceTags).toEqual({
    zone: '"eu"',
    size: "data.coder_parameter.size.value",
    both: '"${lookup({ a = "}" }, "a")}-\\"x\\"\\n$${y}"',
    two: '"${a}${b}"',
    count: "2",
  });
});

test("gives tags as they stand in the source, and the README as it is", async () => {
  const { workspaceTags, readme } = await parse({
    "main.tf":
      'data "coder_workspace_tags" "t" {\n  tags = {\n    "zone" = "eu"\n    size = data.coder_parameter.size.value # c\n    both = "${var.a}-x"\n  }\n}\n',
    "README.md": "# hé",
  });
  expect(workspaceTags).toEqual({ zone: '"eu"', size: "data.coder_parameter.size.value", both: '"${var.a}-x"' });
  expect(Buffer.from(readme).toString()).toBe("# hé");
});

for (const { given, body, says } of [
  { given: "no tags", body: "", says: 'main.tf line 2, in data "coder_workspace_tags" "t": "tags" is required' },
  { given: "tags from elsewhere", body: "tags = var.tags", says: '"tags" must be a literal object' },
  { given: "a tag twice", body: 'tags = { a = 1, "a" = 2 }', says: 'tag "a" is defined twice' },
]) {
  test(`refuses ${given}`, () => expect(parse({ "main.tf": `\ndata "coder_workspace_tags" "t" {\n${body}\n}` })).rejects.toThrow(says));
}

for (const { given, body, says } of [
  { given: "no tags", body: {}, says: 'x.tf.json, in data "coder_workspace_tags" "t": "tags" is required' },
  { given: "tags from elsewhere", body: { tags: "${var.tags}" }, says: '"tags" must be a literal object' },
]) {
  const file = JSON.stringify({ data: { coder_workspace_tags: { t: body } } });
  test(`refuses ${given} in JSON`, () => expect(parse({ "x.tf.json": file })).rejects.toThrow(says));
}

for (const { text, value } of [
  { text: '"a$${b}"', value: "a${b}" },
  { text: '"a${b}"', value: undefined },
  { text: "var.x", value: undefined },
  { text: "[for x in y : x]", value: undefined },
  { text: "{ (a) = 1 }", value: undefined },
  { text: "{ __proto__ = 1 }", value: JSON.parse('{"__proto__":1}') },
  { text: "-1e3", value: -1000 },
  { text: "[]", value: [] },
  { text: "<<-E\n    a\n      b\n  E", value: "a\n  b\n" },
]) {
  test(`the literal ${JSON.stringify(text)}`, () => expect(readLiteral(text)?.value).toEqual(value));
}

test("comes to an end on whatever text, and finds nothing outside of it", () => {
  const pieces = fc.constantFrom(
    '"',
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "=",
    ",",
    ":",
    "\n",
    "#",
    "/*",
    "*/",
    "//",
    "${",
    "$${",
    "%{",
    "<<E\n",
    "E\n",
    "\\",
    "a",
    "variable",
    " ",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const text = parts.join("");
      scanObject(`{${text}}`);
      scanTuple(`[${text}]`);
      const { attributes, blocks } = scanBody(text);
      return attributes.every(({ expression }) => text.includes(expression)) && blocks.every(({ body }) => text.includes(body));
    }),
    { numRuns: 2_000 },
  );
});

test("reads a file of very many blocks in stride, and tells their lines", () => {
  const { blocks } = scanBody("a {}\n".repeat(200_000));
  expect(blocks.at(-1)?.line).toBe(200_000);
});

test("passes over what Terraform does: folders, and what editors leave behind", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "parse-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const folder of ["modules.tf", "modules.tf.json"]) await mkdir(path.join(directory, folder));
  for (const name of [".#main.tf", ".main.tf.json", "#x.tf#", "main.tf"])
    await writeFile(path.join(directory, name), name === "main.tf" ? 'variable "one" {}' : "not a configuration");
  expect((await parseTemplate(directory)).variables.map(({ name }) => name)).toEqual(["one"]);
});

test("reads long values and deep ones in stride", () => {
  expect(readLiteral(`<<-E\n${"  line\n".repeat(300_000)}  E`)?.value).toHaveLength(300_000 * "line\n".length);
  const nested = (levels: number) => `${"[".repeat(levels)}"${"a".repeat(1_000)}"${"]".repeat(levels)}`;
  expect(readLiteral(nested(32))).toBeDefined();
  expect(readLiteral(nested(33))).toBeUndefined();
});
