import { expect, test } from "vitest";
import { bansUrl, filtersOf, readBanView, withoutFilters, writeBanView } from "./ban-view.ts";

const read = (query: string) => readBanView(new URLSearchParams(query));

test("the plain page has a plain address", () => {
  expect(writeBanView(read("")).toString()).toBe("");
});

test("a link reproduces what is seen", () => {
  const query = "tab=people&sort=ending&q=203.0.113&jail=sshd&country=NL&set=people&row=203.0.113.7";
  expect(writeBanView(read(query)).toString()).toBe(query);
});

test("what makes no sense is left out", () => {
  expect(writeBanView(read("tab=x&sort=y&set=z&jail=")).toString()).toBe("");
});

test("the open row does not change which data is asked for", () => {
  expect(bansUrl(read("jail=sshd&row=192.0.2.1"), { limit: 100 })).toBe(
    "/api/query/bans?jail=sshd&limit=100",
  );
});

test("filters are named, and taken away", () => {
  const view = read("q=a&host=h&tab=people");
  expect(filtersOf(view)).toEqual(["q", "host"]);
  expect(writeBanView(withoutFilters(view, ["q", "host"])).toString()).toBe("tab=people");
});
