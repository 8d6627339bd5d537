/** What is run on a host to connect it; npm fetches the agent from this server and from nowhere else. */
export function joinCommand(origin: string, token: string): string {
  return `npx --yes ${origin}/agent/banwatch.tgz agent --server ${origin} --join ${token}`;
}
