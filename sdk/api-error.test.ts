import { expect, test } from "vitest";
import { ApiError } from "./api-error.ts";

const answer = (body: string, status = 400) => ApiError.from("GET /api/v2/x", new Response(body, { status }));

test("carries the parts of our error form", async () => {
  const body = { message: "No.", detail: "why", validations: [{ field: "name", detail: "too long" }], code: "unknown_to_us" };
  expect(await answer(JSON.stringify(body))).toMatchObject({
    status: 400,
    request: "GET /api/v2/x",
    message: "No.",
    detail: "why",
    validations: [{ field: "name", detail: "too long" }],
  });
  expect(await answer(`{"message":"No."}`)).toMatchObject({ message: "No.", detail: "", validations: [] });
});

for (const { what, body } of [
  { what: "a proxy's page", body: "<h1>Bad gateway</h1>" },
  { what: "JSON that is no object", body: `["message"]` },
  { what: "a message that is no text", body: `{"message":7}` },
  { what: "a detail that is no text", body: `{"message":"No.","detail":{}}` },
  { what: "validations that are none", body: `{"message":"No.","validations":[{"field":"name"}]}` },
]) {
  test(`makes ${what} the message itself`, async () => {
    expect(await answer(`${body}\n`, 502)).toMatchObject({ status: 502, message: body, detail: "", validations: [] });
  });
}

test("says at least the status when there is no body", async () => {
  expect(await answer("", 504)).toMatchObject({ message: "the server returned status 504" });
});
