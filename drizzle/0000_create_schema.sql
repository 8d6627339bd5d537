CREATE TYPE "public"."action_verb" AS ENUM('unban', 'ban_permanently', 'undo', 'create_join_token', 'enrol_host', 'revoke_host', 'import', 'create_user', 'change_role', 'delete_user', 'sign_in');--> statement-breakpoint
CREATE TYPE "public"."command_state" AS ENUM('queued', 'delivered', 'applied', 'verified', 'failed', 'expired', 'drifted');--> statement-breakpoint
CREATE TYPE "public"."command_verb" AS ENUM('unban', 'reban', 'deny', 'lift');--> statement-breakpoint
CREATE TYPE "public"."rule_effect" AS ENUM('deny', 'allow');--> statement-breakpoint
CREATE TYPE "public"."role" AS ENUM('admin', 'operator', 'viewer');--> statement-breakpoint
CREATE TYPE "public"."enforcer" AS ENUM('fail2ban', 'banwatch');--> statement-breakpoint
CREATE TYPE "public"."event_kind" AS ENUM('attempt', 'blocked', 'allowed', 'scan', 'ban', 'unban', 'restore', 'flush', 'login', 'lifecycle');--> statement-breakpoint
CREATE TYPE "public"."event_source" AS ENUM('fail2ban', 'netfilter', 'csf', 'sshd', 'snapfirewall', 'mikrotik', 'charon', 'psad');--> statement-breakpoint
CREATE TYPE "public"."host_kind" AS ENUM('agent', 'import');--> statement-breakpoint
CREATE TABLE "action" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_id" text,
	"actor_name" text NOT NULL,
	"from_address" "inet",
	"verb" "action_verb" NOT NULL,
	"address" "inet",
	"subject" text,
	"reason" text,
	"undoes" uuid
);
--> statement-breakpoint
CREATE TABLE "command" (
	"host_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"action_id" uuid NOT NULL,
	"verb" "command_verb" NOT NULL,
	"address" "inet" NOT NULL,
	"jails" jsonb NOT NULL,
	"rule_id" uuid,
	"state" "command_state" NOT NULL,
	"queued_at" timestamp (3) with time zone NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"applied_at" timestamp (3) with time zone,
	"verified_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"detail" text,
	"evidence" jsonb,
	CONSTRAINT "command_host_id_id_pk" PRIMARY KEY("host_id","id")
);
--> statement-breakpoint
CREATE TABLE "rule" (
	"id" uuid PRIMARY KEY NOT NULL,
	"effect" "rule_effect" NOT NULL,
	"prefix" "inet" NOT NULL,
	"host_id" uuid,
	"until" timestamp (3) with time zone,
	"removed_at" timestamp (3) with time zone,
	"generation" bigint NOT NULL,
	"action_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rule_generation" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"generation" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "account" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp (3) with time zone,
	"refresh_token_expires_at" timestamp (3) with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rate_limit" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"count" integer NOT NULL,
	"last_request" bigint NOT NULL,
	CONSTRAINT "rate_limit_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" text PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"user_id" text NOT NULL,
	CONSTRAINT "session_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"role" "role" DEFAULT 'viewer' NOT NULL,
	CONSTRAINT "user_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "verification" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ban" (
	"host_id" uuid NOT NULL,
	"address" "inet" NOT NULL,
	"enforcer" "enforcer" NOT NULL,
	"jail" text COLLATE "C" NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone,
	"until_known" boolean NOT NULL,
	CONSTRAINT "ban_host_id_address_enforcer_jail_pk" PRIMARY KEY("host_id","address","enforcer","jail")
);
--> statement-breakpoint
CREATE TABLE "blocked_address" (
	"address" "inet" PRIMARY KEY NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone,
	"permanent" boolean NOT NULL,
	"host_count" integer NOT NULL,
	"jail" text COLLATE "C" NOT NULL,
	"enforcer" "enforcer" NOT NULL,
	"country_code" text COLLATE "C" NOT NULL,
	"place_id" bigint NOT NULL,
	"asn" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event" (
	"host_id" uuid NOT NULL,
	"stream" bigint NOT NULL,
	"sequence" bigint NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"kind" "event_kind" NOT NULL,
	"source" "event_source" NOT NULL,
	"count" integer NOT NULL,
	"source_ip" "inet",
	"source_port" integer,
	"destination_ip" "inet",
	"destination_port" integer,
	"transport" text,
	"user_name" text,
	"method" text,
	"jail" text,
	"prefix" text,
	"in_interface" text,
	"duration_seconds" bigint,
	"reason" text,
	CONSTRAINT "event_host_id_stream_sequence_time_pk" PRIMARY KEY("host_id","stream","sequence","time")
) PARTITION BY RANGE ("time");
--> statement-breakpoint
CREATE TABLE "ingest_stream" (
	"host_id" uuid NOT NULL,
	"stream" bigint NOT NULL,
	"high_water" bigint DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ingest_stream_host_id_stream_pk" PRIMARY KEY("host_id","stream")
);
--> statement-breakpoint
CREATE TABLE "network" (
	"asn" bigint PRIMARY KEY NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "place" (
	"id" bigint PRIMARY KEY NOT NULL,
	"country_code" text COLLATE "C" NOT NULL,
	"city" text,
	"latitude" double precision,
	"longitude" double precision
);
--> statement-breakpoint
CREATE TABLE "host" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" "host_kind" NOT NULL,
	"public_key" jsonb,
	"enrolled_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"last_seen_at" timestamp (3) with time zone,
	"clock_difference_ms" bigint,
	"status" jsonb
);
--> statement-breakpoint
CREATE TABLE "join_token" (
	"join_id" text PRIMARY KEY NOT NULL,
	"secret_hash" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"used_by_host_id" uuid
);
--> statement-breakpoint
CREATE TABLE "instance" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"signing_key" jsonb NOT NULL,
	"session_secret" text NOT NULL,
	"setup_token_hash" text,
	"demo" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attacker" (
	"address" "inet" PRIMARY KEY NOT NULL,
	"place_id" bigint NOT NULL,
	"country_code" text COLLATE "C" NOT NULL,
	"asn" bigint NOT NULL,
	"first_seen" timestamp (3) with time zone NOT NULL,
	"last_seen" timestamp (3) with time zone NOT NULL,
	"attacks" bigint NOT NULL,
	"bans" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attacker_day" (
	"address" "inet" NOT NULL,
	"day" date NOT NULL,
	"attacks" bigint NOT NULL,
	"bans" bigint NOT NULL,
	CONSTRAINT "attacker_day_address_day_pk" PRIMARY KEY("address","day")
);
--> statement-breakpoint
CREATE TABLE "network_hour" (
	"hour" timestamp (3) with time zone NOT NULL,
	"host_id" uuid NOT NULL,
	"detector" text COLLATE "C" NOT NULL,
	"country_code" text COLLATE "C" NOT NULL,
	"asn" bigint NOT NULL,
	"attacks" bigint NOT NULL,
	CONSTRAINT "network_hour_host_id_hour_detector_country_code_asn_pk" PRIMARY KEY("host_id","hour","detector","country_code","asn")
);
--> statement-breakpoint
CREATE TABLE "place_hour" (
	"hour" timestamp (3) with time zone NOT NULL,
	"host_id" uuid NOT NULL,
	"detector" text COLLATE "C" NOT NULL,
	"place_id" bigint NOT NULL,
	"attacks" bigint NOT NULL,
	"bans" bigint NOT NULL,
	CONSTRAINT "place_hour_host_id_hour_detector_place_id_pk" PRIMARY KEY("host_id","hour","detector","place_id")
);
--> statement-breakpoint
CREATE TABLE "port_hour" (
	"hour" timestamp (3) with time zone NOT NULL,
	"host_id" uuid NOT NULL,
	"detector" text COLLATE "C" NOT NULL,
	"transport" text COLLATE "C" NOT NULL,
	"port" integer NOT NULL,
	"attacks" bigint NOT NULL,
	CONSTRAINT "port_hour_host_id_hour_detector_transport_port_pk" PRIMARY KEY("host_id","hour","detector","transport","port")
);
--> statement-breakpoint
CREATE TABLE "slot_count" (
	"slot" timestamp (3) with time zone NOT NULL,
	"host_id" uuid NOT NULL,
	"detector" text COLLATE "C" NOT NULL,
	"kind" "event_kind" NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "slot_count_host_id_slot_detector_kind_pk" PRIMARY KEY("host_id","slot","detector","kind")
);
--> statement-breakpoint
CREATE TABLE "user_hour" (
	"hour" timestamp (3) with time zone NOT NULL,
	"host_id" uuid NOT NULL,
	"detector" text COLLATE "C" NOT NULL,
	"user_name" text COLLATE "C" NOT NULL,
	"attacks" bigint NOT NULL,
	CONSTRAINT "user_hour_host_id_hour_detector_user_name_pk" PRIMARY KEY("host_id","hour","detector","user_name")
);
--> statement-breakpoint
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "action_at" ON "action" USING btree ("at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "action_address" ON "action" USING btree ("address");--> statement-breakpoint
CREATE INDEX "action_undoes" ON "action" USING btree ("undoes");--> statement-breakpoint
CREATE INDEX "command_action" ON "command" USING btree ("action_id");--> statement-breakpoint
CREATE INDEX "command_address" ON "command" USING btree ("address");--> statement-breakpoint
CREATE INDEX "command_host_state" ON "command" USING btree ("host_id","state");--> statement-breakpoint
CREATE INDEX "rule_by_generation" ON "rule" USING btree ("generation");--> statement-breakpoint
CREATE INDEX "rule_prefix" ON "rule" USING btree ("prefix");--> statement-breakpoint
CREATE INDEX "account_user" ON "account" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "session_user" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "ban_address" ON "ban" USING btree ("address");--> statement-breakpoint
CREATE INDEX "blocked_address_since" ON "blocked_address" USING btree ("since" DESC NULLS LAST,"address");--> statement-breakpoint
CREATE INDEX "event_time" ON "event" USING btree ("time" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "event_source_ip_time" ON "event" USING btree ("source_ip","time" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "attacker_last_seen" ON "attacker" USING btree ("last_seen");--> statement-breakpoint
CREATE INDEX "network_hour_hour" ON "network_hour" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "place_hour_hour" ON "place_hour" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "port_hour_hour" ON "port_hour" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "slot_count_slot" ON "slot_count" USING btree ("slot");--> statement-breakpoint
CREATE INDEX "user_hour_hour" ON "user_hour" USING btree ("hour");--> statement-breakpoint
ALTER TABLE "slot_count" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "place_hour" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "network_hour" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "user_hour" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "port_hour" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "attacker" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "attacker_day" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "blocked_address" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "ban" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "host" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "ingest_stream" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "command" SET (fillfactor = 70);--> statement-breakpoint
INSERT INTO "rule_generation" ("one", "generation") VALUES (true, 0);--> statement-breakpoint
ALTER TABLE "rule_generation" ADD CONSTRAINT "rule_generation_one_row" CHECK ("one");--> statement-breakpoint
ALTER TABLE "instance" ADD CONSTRAINT "instance_one_row" CHECK ("one");--> statement-breakpoint
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'The log of actions is append-only';
END
$$;--> statement-breakpoint
CREATE TRIGGER "action_is_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "action" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
