import type { AgentId, AppId } from "../../ids.ts";

export type AppHealth = "disabled" | "initializing" | "healthy" | "unhealthy";
export type AppSharingLevel = "owner" | "authenticated" | "organization" | "public";

/** Agents' apps. */
export interface AppsTables {
  workspace_apps: {
    id: AppId;
    agent_id: AgentId;
    slug: string;
    display_name: string;
    icon: string;
    command: string | null;
    url: string | null;
    external: boolean;
    subdomain: boolean;
    hidden: boolean;
    tooltip: string;
    sharing_level: AppSharingLevel;
    open_in: "slim-window" | "tab";
    display_order: number;
    display_group: string | null;
    health: AppHealth;
    healthcheck_url: string;
    healthcheck_interval: number;
    healthcheck_threshold: number;
    created_at: Date;
  };
}
