export * from "./action.ts";
export * from "./auth.ts";
export * from "./ban.ts";
export * from "./event.ts";
export * from "./geo.ts";
export * from "./host.ts";
export * from "./instance.ts";
export * from "./rollup.ts";
