export const bans = 1;
export type Bans = number;
