import { ruled } from "../access/ruled.ts";
import { createGitSshKeys, type GitSshKeys } from "./git-ssh-keys.ts";
import { createUsers, type Users } from "./users.ts";

export const getGitSshKey = ruled("gitSshKeys.get", (context, ...args: Parameters<GitSshKeys["get"]>) =>
  createGitSshKeys(context).get(...args),
);
export const getGitSshKeyPair = ruled("gitSshKeys.getPair", (context, ...args: Parameters<GitSshKeys["getPair"]>) =>
  createGitSshKeys(context).getPair(...args),
);
export const regenerateGitSshKey = ruled("gitSshKeys.regenerate", (context, ...args: Parameters<GitSshKeys["regenerate"]>) =>
  createGitSshKeys(context).regenerate(...args),
);
export const getUser = ruled("users.get", (context, ...args: Parameters<Users["get"]>) => createUsers(context).get(...args));
export const getSelf = ruled("users.self", (context, ...args: Parameters<Users["self"]>) => createUsers(context).self(...args));
export const getPersonal = ruled("users.getPersonal", (context, ...args: Parameters<Users["getPersonal"]>) =>
  createUsers(context).getPersonal(...args),
);
export const findUserByReference = ruled("users.find", (context, ...args: Parameters<Users["find"]>) => createUsers(context).find(...args));
export const listUsers = ruled("users.list", (context, ...args: Parameters<Users["list"]>) => createUsers(context).list(...args));
export const insertUserBySubject = ruled("users.create", (context, ...args: Parameters<Users["create"]>) =>
  createUsers(context).create(...args),
);
export const patchUser = ruled("users.update", (context, ...args: Parameters<Users["update"]>) => createUsers(context).update(...args));
export const setUserStatus = ruled("users.setStatus", (context, ...args: Parameters<Users["setStatus"]>) =>
  createUsers(context).setStatus(...args),
);
export const setUserPassword = ruled("users.setPassword", (context, ...args: Parameters<Users["setPassword"]>) =>
  createUsers(context).setPassword(...args),
);
export const getUserRoles = ruled("users.roles", (context, ...args: Parameters<Users["roles"]>) => createUsers(context).roles(...args));
export const setUserRoles = ruled("users.setRoles", (context, ...args: Parameters<Users["setRoles"]>) =>
  createUsers(context).setRoles(...args),
);
export const getAppearance = ruled("users.appearance", (context, ...args: Parameters<Users["appearance"]>) =>
  createUsers(context).appearance(...args),
);
export const setAppearance = ruled("users.setAppearance", (context, ...args: Parameters<Users["setAppearance"]>) =>
  createUsers(context).setAppearance(...args),
);
export const deleteUser = ruled("users.delete", (context, ...args: Parameters<Users["delete"]>) => createUsers(context).delete(...args));
