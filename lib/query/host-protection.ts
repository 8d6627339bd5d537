/** An agent that was not heard from for this long counts as silent, and its host as not protected. */
export const AGENT_SILENT_MS = 5 * 60_000;
