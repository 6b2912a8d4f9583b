const lines = new Map<string, Promise<unknown>>();

/** Runs the tasks of one name one after the other, in the order in which they came; a task that fails does not stop the next. */
export async function takeTurn<T>(name: string, task: () => Promise<T>): Promise<T> {
  const before = lines.get(name) ?? Promise.resolve();
  const mine = before.then(task, task);
  lines.set(name, mine);
  try {
    return await mine;
  } finally {
    if (lines.get(name) === mine) lines.delete(name);
  }
}
