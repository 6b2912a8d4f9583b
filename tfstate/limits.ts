/** What the server, the daemon and the CLI agree on about the transfer of states. */

/** The size of a piece of a state, on the wire and in the database. Only the last piece may be smaller. */
export const PIECE_BYTES = 1 << 20;

/** The maximum size of a state. */
export const STATE_LIMIT_BYTES = 1 << 30;

/** How long the transfer of one state may take, whatever its size. */
export const STATE_TRANSFER_MS = 10 * 60_000;

/** The largest state that a daemon's call carries itself; a larger one is uploaded first. */
export const INLINE_STATE_BYTES = 1 << 20;
