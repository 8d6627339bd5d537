-- Events older than three years share one partition. A host with a broken clock, or one old log, would otherwise make a
-- partition for each week since 1970, and a question that reads all of them needs more locks than there are.
-- Older partitions that are there already stay.
DO $$
DECLARE
  bound timestamptz;
BEGIN
  SELECT least(
    date_trunc('week', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '1092 days',
    min(substring(pg_get_expr(part.relpartbound, part.oid) FROM 'FROM \(''([^'']+)''\)')::timestamptz)
  ) INTO bound
  FROM pg_inherits JOIN pg_class part ON part.oid = pg_inherits.inhrelid
  WHERE pg_inherits.inhparent = 'event'::regclass;
  EXECUTE format('CREATE TABLE event_older PARTITION OF event FOR VALUES FROM (MINVALUE) TO (%L)', bound);
END $$;
