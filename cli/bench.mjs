import { bootstrap } from "./bootstrap.mjs";

bootstrap("bench/main.ts", process.argv.slice(2));
