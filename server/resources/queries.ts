import { ruled } from "../access/ruled.ts";
import { createResources, type Resources } from "./resources.ts";

export const resourcesOfJob = ruled("resources.ofJob", (context, ...args: Parameters<Resources["ofJob"]>) =>
  createResources(context).ofJob(...args),
);
export const resourcesOfJobs = ruled("resources.ofJobs", (context, ...args: Parameters<Resources["ofJobs"]>) =>
  createResources(context).ofJobs(...args),
);
