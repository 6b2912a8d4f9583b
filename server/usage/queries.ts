import { ruled } from "../access/ruled.ts";
import { type ApiKeyUsage, createApiKeyUsage } from "./api-key-usage.ts";

export const usageOfKey = ruled("apiKeyUsage.of", (context, ...args: Parameters<ApiKeyUsage["of"]>) =>
  createApiKeyUsage(context).of(...args),
);
