import type { TestProject } from "vitest/node";
import { startTestServer } from "./test-database.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The running PostgreSQL of this run of tests, for `createTestDatabase`. */
    databaseServerUrl: string;
  }
}

/** One PostgreSQL for all integration tests of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  project.provide("databaseServerUrl", server.url);
  return () => server.stop();
}
