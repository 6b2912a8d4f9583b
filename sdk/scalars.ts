/** The scalar forms that the API's JSON is made of. */
import { type TSchema, Type } from "typebox";

/** Lower case, dashed. Where a key is required and there is nothing to name, all zeros: see {@link ZERO_UUID}. */
export const Uuid = Type.String({ format: "uuid" });

/** RFC 3339 in UTC. A required time that never was is {@link ZERO_TIME}. */
export const DateTime = Type.String({ format: "date-time" });

/** The key is there, its value may be `null`. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** How the API writes "none" where an id is required. */
export const ZERO_UUID = "00000000-0000-0000-0000-000000000000";

/** How the API writes "never" where a time is required. */
export const ZERO_TIME = "0001-01-01T00:00:00Z";
