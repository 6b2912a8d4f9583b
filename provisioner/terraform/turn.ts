const lines = new Map<string, Promise<unknown>>();

/** Runs the tasks with one name one after another, in order of arrival; a failed task does not stop the next one. */
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
