import type { Bans } from "../../lib/query/bans.ts";

export const good: Bans = 1;
