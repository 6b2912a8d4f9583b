import { expect, test } from "vitest";
import { configAddress, formatAddress, modulePath, parseAddress } from "./address.ts";

for (const { text, config, path = "" } of [
  { text: "docker_container.box", config: "docker_container.box" },
  { text: "docker_container.box[0]", config: "docker_container.box" },
  { text: 'docker_container.box["a.b]\\"c"]', config: "docker_container.box" },
  { text: "data.coder_parameter.size", config: "data.coder_parameter.size" },
  { text: "module.a[0].x.y", config: "module.a.x.y", path: "module.a[0]" },
  { text: 'module.a["k.z"].module.b.data.x.y[3]', config: "module.a.module.b.data.x.y", path: 'module.a["k.z"].module.b' },
  { text: "module.module.x.y", config: "module.module.x.y", path: "module.module" },
]) {
  test(`reads and writes ${text}`, () => {
    const address = parseAddress(text);
    if (address === undefined) throw new Error("not read");
    expect(formatAddress(address)).toBe(text);
    expect(configAddress(address)).toBe(config);
    expect(modulePath(address.modules)).toBe(path);
  });
}

for (const text of ["", "x", "x.y.z", "x..y", "x.y[", "x.y[a]", "module.a", "x[0].y", "data.x", ".x.y"]) {
  test(`has no address in ${JSON.stringify(text)}`, () => expect(parseAddress(text)).toBeUndefined());
}
