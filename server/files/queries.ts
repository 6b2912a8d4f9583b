import { ruled } from "../access/ruled.ts";
import { createFiles, type Files } from "./files.ts";

export const createFile = ruled("files.create", (context, ...args: Parameters<Files["create"]>) => createFiles(context).create(...args));
export const getFile = ruled("files.get", (context, ...args: Parameters<Files["get"]>) => createFiles(context).get(...args));
