/** The scalar types of the API's JSON. */
import { type TSchema, Type } from "typebox";

/** A lowercase UUID with dashes. A required ID of nothing is all zeros: see {@link ZERO_UUID}. */
export const Uuid = Type.String({ format: "uuid" });

/** A time in RFC 3339 and UTC. A required time that does not exist is {@link ZERO_TIME}. */
export const DateTime = Type.String({ format: "date-time" });

/** The key is present, but its value may be `null`. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** How the API writes "none" where an ID is required. */
export const ZERO_UUID = "00000000-0000-0000-0000-000000000000";

/** How the API writes "never" where a time is required. */
export const ZERO_TIME = "0001-01-01T00:00:00Z";
