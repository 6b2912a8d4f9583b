import type { Migration } from "./column-types.ts";

/**
 * States of any size: a state is a row, its bytes are pieces, and builds refer to it. The states that builds have so far move as they are,
 * because nothing here has the key that opens them. A build that had taken over its predecessor's state held a copy of the same sealed bytes;
 * now both refer to one state, which has the ID of the build that it came from.
 */
export const terraformStates: Migration = {
  name: "terraform-states",
  statements: ({ id, time, bytes, long }) => [
    `create table terraform_states (
      id ${id} primary key,
      workspace_id ${id} not null references workspaces (id),
      job_id ${id} references provisioner_jobs (id),
      late_build_id ${id} references workspace_builds (id),
      status text not null check (status in ('arriving', 'arrived', 'named', 'dropped')),
      size_bytes ${long} not null,
      piece_count integer not null,
      sha256 ${bytes},
      serial ${long},
      lineage text,
      is_one_seal boolean not null default false,
      created_at ${time} not null,
      updated_at ${time} not null
    )`,
    "create index terraform_states_unnamed_idx on terraform_states (status, updated_at) where status <> 'named'",
    "create index terraform_states_late_idx on terraform_states (late_build_id) where late_build_id is not null",
    `create table terraform_state_pieces (
      state_id ${id} not null references terraform_states (id) on delete cascade,
      piece_index integer not null,
      data ${bytes} not null,
      primary key (state_id, piece_index)
    )`,
    `alter table workspace_builds add column state_id ${id} references terraform_states (id)`,
    "create index workspace_builds_state_idx on workspace_builds (state_id) where state_id is not null",
    "alter table workspace_builds add column state_given boolean not null default false",
    "alter table workspace_builds add column state_untouched boolean not null default false",
    "alter table workspace_builds add column missing_state_file text",
    "alter table workspace_builds add column missing_state_daemon text",
    // A seal is 37 bytes longer than what is in it.
    `insert into terraform_states (id, workspace_id, status, size_bytes, piece_count, is_one_seal, created_at, updated_at)
     select build.id, build.workspace_id, 'named', length(build.provisioner_state) - 37, 1, true, build.updated_at, build.updated_at
     from workspace_builds as build
     where build.provisioner_state is not null and not exists (
       select 1 from workspace_builds as before
       where before.workspace_id = build.workspace_id and before.build_number = build.build_number - 1
         and before.provisioner_state = build.provisioner_state
     )`,
    `insert into terraform_state_pieces (state_id, piece_index, data)
     select build.id, 0, build.provisioner_state
     from workspace_builds as build join terraform_states as state on state.id = build.id`,
    `update workspace_builds set state_id = (
       select origin.id from workspace_builds as origin join terraform_states as state on state.id = origin.id
       where origin.workspace_id = workspace_builds.workspace_id and origin.build_number <= workspace_builds.build_number
       order by origin.build_number desc limit 1
     ) where provisioner_state is not null`,
    "alter table workspace_builds drop column provisioner_state",
  ],
};
