import { expect, test } from "vitest";
import { InvalidInputError } from "../errors.ts";
import { checkOrganizationTexts, sharingOf } from "./organization-rules.ts";

const fine = { name: "moon", display_name: "The Moon", description: "x".repeat(1_024), icon: "/moon.png" };

test("an organization's texts pass at their limits", () => {
  checkOrganizationTexts(fine);
  checkOrganizationTexts({ display_name: undefined, description: undefined, icon: undefined });
});

for (const [field, value] of [
  ["name", "default"],
  ["name", "Default"],
  ["name", "two words"],
  ["display_name", " padded"],
  ["description", "x".repeat(1_025)],
  ["icon", "//elsewhere.test/moon.png"],
] as const) {
  test(`refuses the ${field} ${JSON.stringify(value.slice(0, 30))}`, () => {
    const asked = () => checkOrganizationTexts({ ...fine, [field]: value });
    expect(asked).toThrow(InvalidInputError);
    expect(asked).toThrow(expect.objectContaining({ fields: [expect.objectContaining({ field })] }));
  });
}

test("names all fields that are wrong at once", () => {
  expect(() => checkOrganizationTexts({ ...fine, name: "default", icon: "moon.png" })).toThrow(
    expect.objectContaining({ fields: [expect.objectContaining({ field: "name" }), expect.objectContaining({ field: "icon" })] }),
  );
});

for (const { request, sharing } of [
  { request: { shareable_workspace_owners: "service_accounts", sharing_disabled: true }, sharing: "service_accounts" },
  { request: { shareable_workspace_owners: "", sharing_disabled: true }, sharing: "none" },
  { request: { sharing_disabled: true }, sharing: "none" },
  { request: {}, sharing: "everyone" },
] as const) {
  test(`${JSON.stringify(request)} lets the workspaces of ${sharing} be shared`, () => expect(sharingOf(request)).toBe(sharing));
}
