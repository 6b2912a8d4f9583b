/** Objects of the API that the fake server returns. They contain only what commands use. */

const CREATED = "2026-01-01T00:00:00.123456Z";

export const ORGANIZATION = {
  id: "11111111-0000-4000-8000-000000000001",
  name: "moon",
  display_name: "The Moon",
  description: "",
  is_default: true,
  created_at: CREATED,
  updated_at: CREATED,
};

/** Answers for commands that look for the caller's only organization first. */
export const IN_MOON = { "GET /users/me/organizations": [ORGANIZATION] };

export const ADA = {
  id: "22222222-0000-4000-8000-000000000001",
  username: "ada",
  name: "Ada Lovelace",
  email: "ada@example.com",
  status: "active",
  roles: [{ name: "owner", display_name: "Owner" }],
  organization_ids: [ORGANIZATION.id],
  created_at: CREATED,
  updated_at: CREATED,
  last_seen_at: "0001-01-01T00:00:00Z",
};

export const TEMPLATE = {
  id: "33333333-0000-4000-8000-000000000001",
  name: "docker",
  organization_id: ORGANIZATION.id,
  organization_name: ORGANIZATION.name,
  active_version_id: "33333333-0000-4000-8000-00000000000a",
  active_user_count: 1,
  default_ttl_ms: 7_200_000,
  provisioner: "terraform",
  created_at: CREATED,
  updated_at: CREATED,
};

export const JOB = {
  id: "44444444-0000-4000-8000-000000000001",
  status: "succeeded",
  tags: { scope: "organization", owner: "" },
  type: "workspace_build",
  queue_position: 0,
  queue_size: 0,
  metadata: { template_name: "docker", workspace_name: "dev" },
  created_at: "2026-01-01T00:00:00Z",
  started_at: "2026-01-01T00:00:01Z",
  completed_at: "2026-01-01T00:00:03Z",
};

export const AGENT = {
  name: "main",
  operating_system: "linux",
  architecture: "amd64",
  status: "connected",
  lifecycle_state: "ready",
  version: "v1.2.3",
};

export const RESOURCE = { type: "docker_container", name: "box", hide: false, workspace_transition: "start", agents: [AGENT] };

export const BUILD = {
  id: "55555555-0000-4000-8000-000000000003",
  build_number: 3,
  status: "running",
  transition: "start",
  workspace_name: "dev",
  template_version_name: "calm_otter",
  job: JOB,
  resources: [RESOURCE],
  created_at: CREATED,
};

export const WORKSPACE = {
  id: "66666666-0000-4000-8000-000000000001",
  name: "dev",
  owner_name: "ada",
  organization_id: ORGANIZATION.id,
  organization_name: ORGANIZATION.name,
  template_name: "docker",
  favorite: false,
  outdated: false,
  health: { healthy: true },
  latest_build: BUILD,
};

export const LOG_LINE = { id: 1, created_at: "2026-01-01T00:00:02Z", log_level: "info", stage: "Starting workspace", output: "applied" };

/** Answers for commands that watch {@link BUILD}. */
export const BUILD_ENDS_WELL = {
  [`GET /workspacebuilds/${BUILD.id}`]: BUILD,
  [`FOLLOW /workspacebuilds/${BUILD.id}/logs`]: [LOG_LINE],
};

export const API_KEY = {
  id: "aB3dE5gH7j",
  token_name: "ci",
  login_type: "token",
  scopes: ["workspace:read", "template:read"],
  allow_list: [{ type: "*", id: "*" }],
  description: "for the nightly run",
  last_used: "0001-01-01T00:00:00Z",
  expires_at: "2026-02-01T00:00:00.5Z",
  created_at: CREATED,
};
