/** Tells whether rows may have changed. */
export interface Stamp {
  /** Returns a number that differs from the last one if a row may have changed, here or in another process. */
  (): number;
  /** Returns the same number without checking what other processes have written since the last check. Costs nothing. */
  own(): number;
}
