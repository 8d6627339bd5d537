import { closeSync, constants, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC } = constants;

/**
 * Opens a file of the agent's own directory. A link in its place is refused (ELOOP): what is written here, as root
 * perhaps, must not land in a file of somebody else's choice.
 */
export function openOwnFile(path: string, how: "read" | "change" | "create" | "start anew"): number {
  const flags = {
    read: O_RDONLY,
    change: O_RDWR,
    create: O_RDWR | O_CREAT,
    "start anew": O_RDWR | O_CREAT | O_TRUNC,
  }[how];
  return openSync(path, flags | O_NOFOLLOW, 0o600);
}

/** Writes all of it: the kernel may write less and say nothing when the disk is nearly full. */
export function writeFully(fd: number, bytes: Buffer, at: number): void {
  let written = 0;
  while (written < bytes.length) {
    const more = writeSync(fd, bytes, written, bytes.length - written, at + written);
    if (more === 0) throw Object.assign(new Error("ENOSPC: nothing more was written"), { code: "ENOSPC" });
    written += more;
  }
}

/**
 * Replaces a file as a whole: it is the old one until the new one is complete. Throws what the disk says, and then the
 * old one is still there. What isn't `durable` may be the old one after the power failed.
 */
export function replaceOwnFile(path: string, bytes: Buffer, options: { durable: boolean }): void {
  const temporary = `${path}.new`;
  removeIfThere(temporary);
  const fd = openSync(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    writeFully(fd, bytes, 0);
    if (options.durable) fsyncSync(fd);
    renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  } finally {
    closeSync(fd);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
