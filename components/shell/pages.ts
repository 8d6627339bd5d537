import { Ban, House, Globe, List, Server, Zap, type LucideIcon } from "lucide-react";

export type PageLink = { href: string; name: string; key: string; icon: LucideIcon; onPhone: boolean };

/** The pages in the order of the bar; G and then the key opens one. */
export const PAGES: readonly PageLink[] = [
  { href: "/", name: "Overview", key: "o", icon: House, onPhone: true },
  { href: "/map", name: "Map", key: "m", icon: Globe, onPhone: true },
  { href: "/bans", name: "Bans", key: "b", icon: Ban, onPhone: true },
  { href: "/feed", name: "Feed", key: "f", icon: List, onPhone: true },
  { href: "/hosts", name: "Hosts", key: "h", icon: Server, onPhone: true },
  { href: "/actions", name: "Actions", key: "a", icon: Zap, onPhone: false },
];
