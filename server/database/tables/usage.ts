/** What keys were used for, and from where. */
export interface UsageTables {
  api_key_usage: {
    key_id: string;
    /** `type:action` */
    scope: string;
    /** Empty: a list or a creation. `*`: one of the objects that are counted together. */
    object_id: string;
    count: number;
    first_used: Date;
    last_used: Date;
  };
  api_key_usage_addresses: { key_id: string; scope: string; address: string; count: number; last_used: Date };
}
