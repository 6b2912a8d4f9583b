/** What columns of several areas hold. */

/** What `Encryption.seal` made. */
export type Sealed = Uint8Array;
/** A SHA-256. */
export type Hash = Uint8Array;
/** An id that the database keeps as a UUID and that has no kind of its own in ids.ts. */
export type Uuid = string;
export type StringMap = Readonly<Record<string, string>>;
/** Maps the id of a user or group to the actions that it may do. */
export type Acl = Readonly<Record<string, readonly string[]>>;
