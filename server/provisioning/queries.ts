import { ruled } from "../access/ruled.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { createProvisionerDaemons, type ProvisionerDaemons } from "./provisioner-daemons.ts";
import { createProvisionerKeys, type ProvisionerKeys } from "./provisioner-keys.ts";

export const getJob = ruled("jobs.get", (context, ...args: Parameters<Jobs["get"]>) => createJobs(context).get(...args));
export const listJobs = ruled("jobs.list", (context, ...args: Parameters<Jobs["list"]>) => createJobs(context).list(...args));
export const listJobLogs = ruled("jobs.logs", (context, ...args: Parameters<Jobs["logs"]>) => createJobs(context).logs(...args));
export const followJobLogs = ruled("jobs.followLogs", (context, ...args: Parameters<Jobs["followLogs"]>) =>
  createJobs(context).followLogs(...args),
);
export const waitUntilJobIsOver = ruled("jobs.waitUntilOver", (context, ...args: Parameters<Jobs["waitUntilOver"]>) =>
  createJobs(context).waitUntilOver(...args),
);
export const cancelJob = ruled("jobs.cancel", (context, ...args: Parameters<Jobs["cancel"]>) => createJobs(context).cancel(...args));
export const listDaemons = ruled("provisionerDaemons.list", (context, ...args: Parameters<ProvisionerDaemons["list"]>) =>
  createProvisionerDaemons(context).list(...args),
);
export const createProvisionerKey = ruled("provisionerKeys.create", (context, ...args: Parameters<ProvisionerKeys["create"]>) =>
  createProvisionerKeys(context).create(...args),
);
export const listProvisionerKeys = ruled("provisionerKeys.list", (context, ...args: Parameters<ProvisionerKeys["list"]>) =>
  createProvisionerKeys(context).list(...args),
);
export const getProvisionerKey = ruled("provisionerKeys.getByName", (context, ...args: Parameters<ProvisionerKeys["getByName"]>) =>
  createProvisionerKeys(context).getByName(...args),
);
export const deleteProvisionerKey = ruled("provisionerKeys.delete", (context, ...args: Parameters<ProvisionerKeys["delete"]>) =>
  createProvisionerKeys(context).delete(...args),
);
