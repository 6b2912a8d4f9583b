/** One step into a value: an attribute or block by name, an item of a list by index, an element of a map by key. */
export type PathStep = string | number | { readonly key: string };
export type Path = readonly PathStep[];

/** A message to a user of the provider. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** One line. */
  readonly summary: string;
  readonly detail?: string;
  /** The part of the configuration that it is about, so that Terraform shows file and line. Absent if it is about the whole block. */
  readonly path?: Path;
}

export type DiagnosticText = Omit<Diagnostic, "severity">;

/** Thrown by a handler that cannot continue for a reason that the user can fix. */
export class DiagnosticError extends Error {
  override readonly name = "DiagnosticError";
  readonly diagnostic: Diagnostic;

  constructor(text: DiagnosticText, options?: ErrorOptions) {
    super(text.summary, options);
    this.diagnostic = { severity: "error", ...text };
  }
}

/** Collects the diagnostics that a handler reports in addition to its result. */
export class Diagnostics {
  readonly #found: Diagnostic[] = [];

  error(text: DiagnosticText): void {
    this.#found.push({ severity: "error", ...text });
  }

  warning(text: DiagnosticText): void {
    this.#found.push({ severity: "warning", ...text });
  }

  add(diagnostics: Iterable<Diagnostic>): void {
    for (const diagnostic of diagnostics) this.#found.push(diagnostic);
  }

  get all(): readonly Diagnostic[] {
    return this.#found;
  }

  get hasErrors(): boolean {
    return this.#found.some(({ severity }) => severity === "error");
  }
}
