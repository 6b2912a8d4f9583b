/**
 * Who and what the matrix asks about, as data. It stands in a database, with a server over it (matrix-world.ts), and on paper
 * (paper-scene.ts), where only decisions are asked.
 */

export interface SceneTemplate {
  readonly id: string;
  readonly name: string;
  readonly isShared: boolean;
  /** Active. */
  readonly version: { readonly id: string; readonly name: string; readonly job: string };
  /** Names a service that its users sign in to. */
  readonly otherVersion: string;
  readonly pendingVersion: string;
}

/** A workspace and its latest build. */
export interface SceneBuild {
  readonly workspace: string;
  readonly build: string;
}

/** What a workspace has, when it runs and nothing happens with it. */
export interface SceneWorkspace {
  readonly id: string;
  readonly name: string;
  readonly build: string;
  readonly job: string;
  readonly agent: string;
}

/** Builds that no daemon has taken, each of another workspace, by what they do. */
export interface PendingBuilds {
  readonly start: SceneBuild & { readonly name: string };
  readonly stop: SceneBuild;
  readonly delete: SceneBuild;
}

export interface ScenePerson {
  /** As grants.md calls them. */
  readonly username: string;
  readonly id: string;
  /** Names of those that the person is in. */
  readonly organizations: readonly string[];
  readonly workspace: SceneWorkspace;
  readonly pending: PendingBuilds;
  /** A start that a daemon has taken. */
  readonly running: SceneBuild;
  /** An API token by its name and id. */
  readonly token: { readonly name: string; readonly id: string };
  /** In no template. */
  readonly file: { readonly id: string };
}

export interface SceneOrganization {
  readonly id: string;
  readonly name: string;
  readonly provisionerKey: { readonly id: string; readonly name: string };
  /** Imported, of no template yet. */
  readonly looseVersion: string;
}

/** A user with nothing but roles. */
export interface SceneUser {
  readonly username: string;
  readonly id: string;
}

export interface Scene {
  readonly olive: ScenePerson;
  readonly mia: ScenePerson;
  readonly finn: ScenePerson;
  readonly home: SceneOrganization;
  readonly far: SceneOrganization;
  /** In home, for everybody in it. Its users may not cancel what has begun. */
  readonly template: SceneTemplate;
  /** In home, for nobody but administrators. */
  readonly hiddenTemplate: SceneTemplate;
  /** In home, with nothing of their own. */
  readonly idle: SceneUser;
  /** In home, an auditor of the site and of home. */
  readonly auditor: SceneUser;
  /** In far only. */
  readonly newcomer: SceneUser;
  /** That nobody has uploaded. */
  readonly archive: Buffer;
}

/** Everybody's. */
export const PASSWORD = "Purple monkey 7 dishwasher!";
