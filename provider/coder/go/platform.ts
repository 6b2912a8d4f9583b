/** Go's names for this machine's operating system and processor, which templates use. */
export function goPlatform(platform: string, architecture: string): { readonly os: string; readonly arch: string } {
  return { os: OPERATING_SYSTEMS[platform] ?? platform, arch: ARCHITECTURES[architecture] ?? architecture };
}

const OPERATING_SYSTEMS: Readonly<Record<string, string>> = { win32: "windows", sunos: "solaris" };
/** 32-bit ARM is `armv7` here, as in the names of agent builds, not Go's `arm`. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", arm: "armv7" };
