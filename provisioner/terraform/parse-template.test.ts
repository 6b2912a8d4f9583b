// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how HCL and shell scripts look
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { literalJson } from "./hcl-literal.ts";
import { scanBody, scanObject } from "./hcl-scan.ts";
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
    "nothing|||optional||",
    "text||line one\n  line two\n|optional||",
    "json|bool|true|optional||",
    "bare|||required||",
  ]);
});

test("reads Terraform's JSON syntax, in which a list of objects may stand for each object, and only tags are templates", async () => {
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
  expect(variables.map(brief)).toEqual(["one||a$${b}|optional||100%%{x}", 'two||{"deep":["$${c}"]}|optional||']);
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

for (const { text, json } of [
  { text: '"a$${b}"', json: '"a${b}"' },
  { text: '"a${b}"', json: undefined },
  { text: "var.x", json: undefined },
  { text: "1 + 1", json: undefined },
  { text: "[1, 2][0]", json: undefined },
  { text: "[for x in y : x]", json: undefined },
  { text: "{ (a) = 1 }", json: undefined },
  { text: "[1 2]", json: undefined },
  { text: "{ a = 1 b = 2 }", json: undefined },
  { text: '"\\UFFFFFFFF"', json: '"\ufffd"' },
  { text: "{ __proto__ = 1 }", json: '{"__proto__":1}' },
  { text: "-1.50e3", json: "-1.50e3" },
  { text: "1111111111111111111.10", json: "1111111111111111111.10" },
  { text: "[]", json: "[]" },
  { text: "[ # c\n 1, /* d */ [], {}, // e\n]", json: "[1,[],{}]" },
  {
    text: '{\n a = 12345678901234567890\n "b" : [{c = null}], # why\n\n d = <<E\nx\nE\n}',
    json: '{"a":12345678901234567890,"b":[{"c":null}],"d":"x\\n"}',
  },
  { text: "{a=1,b=2,}", json: '{"a":1,"b":2}' },
  { text: "<<-E\n    a\n      b\n  E", json: '"a\\n  b\\n"' },
]) {
  test(`the literal ${JSON.stringify(text)}`, () => expect(literalJson(text)).toBe(json));
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
      literalJson(`[${text}]`);
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

test("reads long values and deep ones in stride", async () => {
  expect(literalJson(`<<-E\n${"  line\n".repeat(300_000)}  E`)).toBe(JSON.stringify("line\n".repeat(300_000)));
  const nested = (levels: number) => `${"[".repeat(levels)}12345678901234567890${"]".repeat(levels)}`;
  const { variables } = await parse({
    "a.tf": `variable "list" { default = ${nested(20_000)} }\nvariable "call" { default = ${"(".repeat(20_000)}1${")".repeat(20_000)} }`,
    "b.tf": `variable "text" { default = ${'"${'.repeat(20_000)}1${'}"'.repeat(20_000)} }`,
    "c.tf.json": `{"variable": {"json": {"default": ${nested(20_000)}}}}`,
  });
  expect(variables.map(({ name }) => name)).toEqual(["list", "call", "text", "json"]);
  for (const index of [0, 3]) expect(variables[index]?.defaultValue).toBe(nested(20_000));
});

test("merges what override files say, in whatever file Terraform takes for one", async () => {
  const { variables, workspaceTags } = await parse({
    "a_override.tf": 'variable "image" { default = "a" }\ndata "coder_workspace_tags" "t" {\n  tags = { zone = "a" }\n}\n',
    "main.tf": [
      'variable "image" {\n  type = string\n  description = "Which"\n}',
      'variable "size" {\n  type = number\n  default = 1\n}',
      'variable "plain" {}',
      'data "coder_workspace_tags" "t" {\n  tags = { zone = "main" }\n}',
    ].join("\n"),
    "override.tf.json": '{"variable": {"size": {"default": 12345678901234567890, "sensitive": true}}}',
    "z_override.tf": 'variable "image" { default = "z" }\ndata "coder_workspace_tags" "t" {}\n',
    "not-override.tf": 'variable "last" { default = null }',
    ".override.tf": 'variable "plain" { default = "no" }',
    "override.tf~": 'variable "plain" { default = "no" }',
    "myoverride.tf": 'variable "mine" {}',
  });
  expect(variables.map(brief)).toEqual([
    "image|string|z|optional||Which",
    "size|number|12345678901234567890|optional|sensitive|",
    "plain|||required||",
    "mine|||required||",
    "last|||optional||",
  ]);
  expect(workspaceTags).toEqual({ zone: '"a"' });
});
