import { ruled } from "../access/ruled.ts";
import { type Agents, createAgents } from "./agents.ts";

export const getAgent = ruled("agents.get", (context, ...args: Parameters<Agents["get"]>) => createAgents(context).get(...args));
export const getManifest = ruled("agents.manifest", (context, ...args: Parameters<Agents["manifest"]>) =>
  createAgents(context).manifest(...args),
);
export const workspaceOfAgent = ruled("agents.workspaceOf", (context, ...args: Parameters<Agents["workspaceOf"]>) =>
  createAgents(context).workspaceOf(...args),
);
export const markAgentConnected = ruled("agents.markConnected", (context, ...args: Parameters<Agents["markConnected"]>) =>
  createAgents(context).markConnected(...args),
);
export const markAgentDisconnected = ruled("agents.markDisconnected", (context, ...args: Parameters<Agents["markDisconnected"]>) =>
  createAgents(context).markDisconnected(...args),
);
export const reportStartup = ruled("agents.updateStartup", (context, ...args: Parameters<Agents["updateStartup"]>) =>
  createAgents(context).updateStartup(...args),
);
export const reportLifecycle = ruled("agents.setLifecycle", (context, ...args: Parameters<Agents["setLifecycle"]>) =>
  createAgents(context).setLifecycle(...args),
);
export const reportMetadata = ruled("agents.updateMetadata", (context, ...args: Parameters<Agents["updateMetadata"]>) =>
  createAgents(context).updateMetadata(...args),
);
export const reportAppHealths = ruled("agents.updateAppHealths", (context, ...args: Parameters<Agents["updateAppHealths"]>) =>
  createAgents(context).updateAppHealths(...args),
);
export const reportScriptTiming = ruled("agents.recordScriptTiming", (context, ...args: Parameters<Agents["recordScriptTiming"]>) =>
  createAgents(context).recordScriptTiming(...args),
);
export const createLogSource = ruled("agents.createLogSource", (context, ...args: Parameters<Agents["createLogSource"]>) =>
  createAgents(context).createLogSource(...args),
);
export const appendLogs = ruled("agents.appendLogs", (context, ...args: Parameters<Agents["appendLogs"]>) =>
  createAgents(context).appendLogs(...args),
);
export const listAgentLogs = ruled("agents.logs", (context, ...args: Parameters<Agents["logs"]>) => createAgents(context).logs(...args));
export const followAgentLogs = ruled("agents.followLogs", (context, ...args: Parameters<Agents["followLogs"]>) =>
  createAgents(context).followLogs(...args),
);
