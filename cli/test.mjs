import { bootstrap } from "./bootstrap.mjs";

bootstrap(".ci/test.ts", process.argv.slice(2));
