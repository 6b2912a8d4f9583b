/** The commands that messages name: what people copy into a terminal. */

/** @param workspace `owner/name`, or the ID of a deleted one. @param of the build and options, if it is not about the latest build */
export function pullCommand(workspace: string, of: { readonly build: number; readonly late?: boolean }): string {
  return `proviso state pull ${workspace} --build ${of.build}${of.late === true ? " --late" : ""}`;
}

export function pushCommand(workspace: string, file: string, of: { readonly build?: number } = {}): string {
  return `proviso state push ${workspace} ${quoted(file)}${of.build === undefined ? "" : ` --build ${of.build}`}`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
