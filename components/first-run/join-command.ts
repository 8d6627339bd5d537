/** Owned by root alone, and still there when the agent becomes a service. */
const FOLDER = "/opt/banwatch";

/**
 * What root runs on a host to connect it. The agent is fetched from this server and from nowhere else, and runs only
 * when it is the one with this SHA-256: over plain HTTP, whoever is on the way could send another.
 */
export function joinCommand(origin: string, token: string, packageHash: string): string {
  // A name of its own for each content: npx keeps what it unpacked, by the name of the file.
  const file = `banwatch-${packageHash.slice(0, 12)}.tgz`;
  return [
    `mkdir -p ${FOLDER}`,
    `cd ${FOLDER}`,
    `curl -fsSo ${file} ${origin}/agent/banwatch.tgz`,
    `echo "${packageHash}  ${file}" | sha256sum -c`,
    `npx --yes ./${file} agent --server ${origin} --join ${token}`,
  ].join(" && ");
}
