"""What the door does, as one function: one round trip to the database, and one transaction, for a whole arrival."""

from django.db import migrations

#: Run with the caller's rights, so that row-level security binds it as it binds the application. The caller's
#: settings come back at the end; after an error they come back with the savepoint, or end with the transaction. (SET clauses on
#: the function would do that, but to declare them for names of one's own one has to be a superuser.)
CREATE = """
CREATE FUNCTION goodstanding_receive(
    of_token text, of_connection bigint, of_merchant bigint, drill_for bigint,
    origin text, method text, url text, filename text, headers jsonb, body bytea, digest text, received_at timestamptz,
    event_kind text, task text, queue text, verb text, quiet boolean
) RETURNS TABLE (
    connection_id bigint, merchant_id bigint, plugin text, settings jsonb, secrets_sealed bytea,
    delivery_id bigint, fresh boolean
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    found record;
    delivery bigint;
    is_drill boolean;
    is_known boolean;
    merchant_before text := COALESCE(current_setting('goodstanding.merchant', true), '');
    token_before text := COALESCE(current_setting('goodstanding.token', true), '');
BEGIN
    -- 1. Which connection: by its token for who knocks, by its number for our own callers. SET LOCAL rather than
    --    set_config(), which is not passed on to the nodes of a Citus cluster.
    IF of_token IS NOT NULL THEN
        EXECUTE format('SET LOCAL goodstanding.token = %L', of_token);
        SELECT c.id, c.merchant_id, c.plugin, c.label, c.settings, c.secrets_sealed, c.last_delivery_at INTO found
            FROM goodstanding_connection AS c WHERE c.token_digest = of_token AND c.disabled_at IS NULL;
    ELSE
        EXECUTE format('SET LOCAL goodstanding.merchant = %L', of_merchant);
        SELECT c.id, c.merchant_id, c.plugin, c.label, c.settings, c.secrets_sealed, c.last_delivery_at INTO found
            FROM goodstanding_connection AS c WHERE c.id = of_connection AND c.merchant_id = of_merchant;
    END IF;

    IF found.id IS NOT NULL AND body IS NOT NULL THEN  -- without a body it is a look at the address
        EXECUTE format('SET LOCAL goodstanding.merchant = %L', found.merchant_id);
        is_drill := COALESCE(drill_for = found.id, false);

        -- 2. Health, to a few seconds, and never waiting: one row that each delivery writes would be a queue.
        IF found.last_delivery_at IS NULL OR received_at - found.last_delivery_at > interval '5 seconds' THEN
            UPDATE goodstanding_connection AS c SET last_delivery_at = received_at WHERE c.id = (
                SELECT s.id FROM goodstanding_connection AS s WHERE s.id = found.id FOR NO KEY UPDATE SKIP LOCKED);
        END IF;

        -- 3. Bytes that were believed before are counted and nothing more.
        SELECT d.id INTO delivery FROM goodstanding_delivery AS d
            WHERE d.connection_id = found.id AND d.digest = goodstanding_receive.digest
                AND d.trust IN ('trusted', 'unproven') AND d.drill = is_drill LIMIT 1;
        is_known := delivery IS NOT NULL;
        IF is_known THEN
            UPDATE goodstanding_delivery AS d SET repeats = d.repeats + 1 WHERE d.id = delivery;
        ELSE
            -- 4. All others are kept, written down, and queued for identifying.
            INSERT INTO goodstanding_delivery (
                merchant_id, connection_id, origin, method, url, filename, headers, body, digest, received_at, repeats,
                drill, trust, trust_reason, problem
            ) VALUES (
                found.merchant_id, found.id, origin, method, url, filename, headers, body, digest, received_at, 0,
                is_drill, 'pending', '', ''
            ) RETURNING id INTO delivery;
            INSERT INTO goodstanding_auditevent (merchant_id, kind, facts, at) VALUES (
                found.merchant_id, event_kind,
                jsonb_build_object('channel', found.label, 'origin', origin, 'delivery', delivery), now()
            );
            IF quiet THEN
                SET LOCAL goodstanding.quiet = 'on';
            END IF;
            PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW(
                queue, task, 0, format('row:%s:%s:%s', verb, found.merchant_id, delivery), NULL,
                jsonb_build_object(
                    'path', verb, 'merchant_id', found.merchant_id, 'row_id', delivery, 'extra', '{}'::jsonb
                ),
                NULL
            )::procrastinate_job_to_defer_v1]);
            SET LOCAL goodstanding.quiet = '';
        END IF;
    END IF;

    EXECUTE format('SET LOCAL goodstanding.merchant = %L; SET LOCAL goodstanding.token = %L', merchant_before, token_before);
    IF found.id IS NOT NULL THEN
        RETURN QUERY SELECT found.id, found.merchant_id, found.plugin::text, found.settings, found.secrets_sealed,
            delivery, NOT is_known;
    END IF;
END $$
"""

#: Transactions that NOTIFY commit one after the other, each waiting for the disk; without, PostgreSQL writes many at once. So who
#: asks for quiet rings once for many, after the commit. Procrastinate's own trigger, with one more condition.
QUIET = """
DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs;
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON procrastinate_jobs FOR EACH ROW
WHEN (new.status = 'todo'::procrastinate_job_status {also})
EXECUTE FUNCTION procrastinate_notify_queue_job_inserted_v1()
"""
ALSO = "AND current_setting('goodstanding.quiet', true) IS DISTINCT FROM 'on'"


class Migration(migrations.Migration):
    dependencies = [
        ("goodstanding", "0005_translations"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunSQL(QUIET.format(also=ALSO), QUIET.format(also="")),
        migrations.RunSQL(CREATE, "DROP FUNCTION goodstanding_receive"),
    ]
