import { ruled } from "../access/ruled.ts";
import { type ApiKeys, createApiKeys } from "./api-keys.ts";

export const mintToken = ruled("apiKeys.mint", (context, ...args: Parameters<ApiKeys["mint"]>) => createApiKeys(context).mint(...args));
export const mintSessionKey = ruled("apiKeys.mintSession", (context, ...args: Parameters<ApiKeys["mintSession"]>) =>
  createApiKeys(context).mintSession(...args),
);
export const updateToken = ruled("apiKeys.update", (context, ...args: Parameters<ApiKeys["update"]>) =>
  createApiKeys(context).update(...args),
);
export const getKey = ruled("apiKeys.get", (context, ...args: Parameters<ApiKeys["get"]>) => createApiKeys(context).get(...args));
export const getToken = ruled("apiKeys.getByName", (context, ...args: Parameters<ApiKeys["getByName"]>) =>
  createApiKeys(context).getByName(...args),
);
export const listTokens = ruled("apiKeys.listTokens", (context, ...args: Parameters<ApiKeys["listTokens"]>) =>
  createApiKeys(context).listTokens(...args),
);
export const expireKey = ruled("apiKeys.expire", (context, ...args: Parameters<ApiKeys["expire"]>) =>
  createApiKeys(context).expire(...args),
);
export const deleteKey = ruled("apiKeys.delete", (context, ...args: Parameters<ApiKeys["delete"]>) =>
  createApiKeys(context).delete(...args),
);
