import { createServer, type ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { Api } from "./api.ts";
import { reservePort } from "./ports.ts";
import { readWritten, startWriting } from "./writes.ts";

/** A server with one value, which it takes, refuses or loses as it is told. */
async function openServer() {
  const port = await reservePort();
  let name = "nobody";
  let answer: (response: ServerResponse, taken: string) => void = (response, taken) => {
    name = taken;
    response.end("{}");
  };
  const server = createServer(async (request, response) => {
    if (request.method === "GET") return response.end(JSON.stringify({ name }));
    const body = JSON.parse((await request.toArray()).join(""));
    return answer(response, body.name);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    api: new Api(`http://127.0.0.1:${port}`),
    answerWith: (status: number) => {
      answer = (response) => void response.writeHead(status).end("{}");
    },
    breakConnections: () => {
      answer = (response) => void response.destroy();
    },
  };
}

test("tells the largest value that was taken", async () => {
  const { api } = await openServer();
  const writing = startWriting(api, 5);
  await expect.poll(() => readWritten(api)).toBeGreaterThanOrEqual(6);
  const { acknowledged, sent, strange } = await writing.stop();
  expect(acknowledged).toBe(await readWritten(api));
  expect(sent).toBe(acknowledged);
  expect(strange).toEqual([]);
});

test("what was refused for the moment, or not answered, was not taken", async () => {
  for (const trouble of ["refused", "broken"] as const) {
    const { api, answerWith, breakConnections } = await openServer();
    if (trouble === "refused") answerWith(503);
    else breakConnections();
    const writing = startWriting(api, 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { acknowledged, sent, strange } = await writing.stop();
    expect(acknowledged).toBe(-1);
    expect(sent).toBeGreaterThanOrEqual(0);
    expect(strange).toEqual([]);
    expect(await readWritten(api)).toBe(-1);
  }
});

test("any other answer is strange", async () => {
  const { api, answerWith } = await openServer();
  answerWith(500);
  const writing = startWriting(api, 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await writing.stop()).strange[0]).toBe("500 {}");
});
