ALTER TYPE "public"."action_verb" ADD VALUE 'change_password';--> statement-breakpoint
ALTER TYPE "public"."action_verb" ADD VALUE 'end_sessions';