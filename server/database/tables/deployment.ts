/** What belongs to the deployment as a whole. */
export interface DeploymentTables {
  site_configs: { key: string; value: string };
}
