/** What becomes of one configuration: its state once applied, and what Terraform would do about later edits. */
export interface AcceptanceCase {
  /** Unique among all cases of all types. It becomes a module's name: `[a-z_]+`. */
  readonly name: string;
  /** A module without its `terraform` block. */
  readonly main: string;
  /** The build's variables. One provider serves all cases, so two cases must not want one variable to differ. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * By address in the module (`coder_app.x`, `data.coder_task.me`): the attributes after the apply, matchers allowed. Others are not looked
   * at. The `output` of a `terraform_data` is the value alone.
   */
  readonly state: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Edits, each planned alone against the applied state. */
  readonly changes?: readonly AcceptanceChange[];
}

export interface AcceptanceChange {
  readonly name: string;
  /** Stands in the place of the case's `main`. */
  readonly main: string;
  /**
   * By address in the module, what Terraform plans in the order in which it would do so: `[]` for nothing, `["update"]` in place,
   * `["delete", "create"]` for another object. Nothing else of the module may change.
   */
  readonly actions: Readonly<Record<string, readonly string[]>>;
}
