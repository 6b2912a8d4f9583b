/** Tells whether rows may have changed. */
export interface Stamp {
  /** A number that has changed if one may have, here or in another process. */
  (): number;
  /** The same number without a look at what other processes wrote since the last one. Costs nothing. */
  own(): number;
}
