import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { tarOf } from "#test/server/server-world.ts";
import { ForbiddenError, InvalidInputError } from "../errors.ts";
import { TAR, uploadFile } from "./upload-file.ts";

test("the same bytes of one user are one file and one entry, and another user's are another", async () => {
  const { owner, person, entries } = await openCommandWorld();
  const milo = await person("milo", { memberRoles: ["organization-template-admin"] });
  await entries();
  const data = await tarOf({ "main.tf": "# empty\n" });
  const upload = ({ user, access }: typeof owner) => uploadFile(access, { createdBy: user.id, mimetype: TAR, data });
  const first = await upload(owner);
  expect([first.created, await upload(owner)]).toEqual([true, { id: first.id, created: false }]);
  expect((await upload(milo)).id).not.toBe(first.id);
  expect(await entries()).toMatchObject(
    [owner, milo].map(({ user }) => ({
      action: "create",
      resource_type: "file",
      user_id: user.id,
      additional_fields: { size_bytes: data.length },
    })),
  );
});

test("what is no archive, or of another type, is refused before anything is decided", async () => {
  const { owner, core } = await openCommandWorld();
  const data = await tarOf({ "main.tf": "" });
  for (const file of [
    { mimetype: "application/zip", data },
    { mimetype: TAR, data: Buffer.from("no tar") },
    { mimetype: TAR, data: await tarOf({ "../main.tf": "" }) },
  ])
    await expect(uploadFile(owner.access, { createdBy: owner.user.id, ...file })).rejects.toThrow(InvalidInputError);
  expect(await core.db.selectFrom("files").select("id").execute()).toEqual([]);
});

test("a scope without the right is refused openly", async () => {
  const { owner, accessOf } = await openCommandWorld();
  const narrow = await accessOf(owner.user.id, { scopes: ["file:read"] });
  const file = { createdBy: owner.user.id, mimetype: TAR, data: await tarOf({ "main.tf": "" }) };
  await expect(uploadFile(narrow, file)).rejects.toThrow(ForbiddenError);
});
