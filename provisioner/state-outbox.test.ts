import { expect, test } from "vitest";
import { INLINE_STATE_BYTES } from "#tfstate/limits.ts";
import { type SentState, StateOutbox } from "./state-outbox.ts";

const large = (mark: number) => Buffer.alloc(INLINE_STATE_BYTES + 1, mark);

function outbox() {
  const ready: SentState[] = [];
  const uploads: { readonly mark: number; readonly done: PromiseWithResolvers<string> }[] = [];
  const box = new StateOutbox(
    (state) => {
      const done = Promise.withResolvers<string>();
      uploads.push({ mark: state[0] ?? 0, done });
      return done.promise;
    },
    (state) => void ready.push(state),
  );
  return { box, ready, uploads };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("a small state goes as it is", () => {
  const { box, ready, uploads } = outbox();
  box.offer(Buffer.from("{}"));
  expect(ready).toEqual([{ workspaceBuildState: Buffer.from("{}") }]);
  expect(uploads).toEqual([]);
});

test("large states are uploaded one at a time, and those that were superseded meanwhile never", async () => {
  const { box, ready, uploads } = outbox();
  for (const mark of [1, 2, 3]) box.offer(large(mark));
  expect(uploads.map(({ mark }) => mark)).toEqual([1]);
  uploads[0]?.done.resolve("first");
  await settle();
  expect(uploads.map(({ mark }) => mark)).toEqual([1, 3]);
  uploads[1]?.done.resolve("third");
  await settle();
  expect(ready).toEqual([{ workspaceBuildStateId: "first" }, { workspaceBuildStateId: "third" }]);
});

test("an upload that fails holds up nothing that follows, and a small state does not overtake a large one", async () => {
  const { box, ready, uploads } = outbox();
  box.offer(large(1));
  box.offer(Buffer.from("{}"));
  uploads[0]?.done.reject(new Error("away"));
  await settle();
  expect(ready).toEqual([]);
  uploads[1]?.done.resolve("second");
  await settle();
  expect(ready).toEqual([{ workspaceBuildStateId: "second" }]);
});
