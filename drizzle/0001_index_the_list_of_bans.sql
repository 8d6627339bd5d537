DROP INDEX "blocked_address_since";--> statement-breakpoint
CREATE INDEX "command_open" ON "command" USING btree ("queued_at") WHERE "command"."state" <> 'verified';--> statement-breakpoint
CREATE INDEX "ban_by_people" ON "ban" USING btree ("address") WHERE "ban"."enforcer" = 'banwatch';--> statement-breakpoint
CREATE INDEX "blocked_address_newest" ON "blocked_address" USING btree ("since","address");--> statement-breakpoint
CREATE INDEX "blocked_address_permanent" ON "blocked_address" USING btree ("since","address") WHERE "blocked_address"."permanent";--> statement-breakpoint
CREATE INDEX "blocked_address_until" ON "blocked_address" USING btree ("until") WHERE not "blocked_address"."permanent";--> statement-breakpoint
CREATE INDEX "blocked_address_jail" ON "blocked_address" USING btree ("jail","since","address");--> statement-breakpoint
CREATE INDEX "blocked_address_country" ON "blocked_address" USING btree ("country_code","since","address");