/** What keys were used for, and from where. */
export interface UsageTables {
  api_key_usage: {
    key_id: string;
    /** `type:action` */
    scope: string;
    /** Empty: a list or a creation. `*`: of more objects than are told apart. */
    object_id: string;
    count: number;
    first_used: Date;
    last_used: Date;
  };
  api_key_usage_addresses: { key_id: string; scope: string; address: string; count: number; last_used: Date };
}
