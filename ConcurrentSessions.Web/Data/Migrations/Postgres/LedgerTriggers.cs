namespace ConcurrentSessions.Web.Data.Migrations.Postgres;

/// <summary>
/// Chains audit events at the commit of the transaction that wrote them, and keeps them. Functions that write what the portal's
/// own role may not run with the rights of the schema's owner (<c>deploy/grants.sql</c>).
/// </summary>
internal static class LedgerTriggers
{
    public const string Up = """
        CREATE FUNCTION portal_audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        DECLARE
            next bigint;
            before bytea;
        BEGIN
            IF octet_length(NEW."Digest") <> 32 THEN
                RAISE EXCEPTION 'an audit event needs the digest that the portal gives it';
            END IF;

            -- The lock and the look are two statements: the second sees what was committed while the first waited.
            PERFORM pg_advisory_xact_lock(hashtextextended('audit chain', 0));
            SELECT "Number" + 1, "Hash" INTO next, before FROM "AuditChain" ORDER BY "Number" DESC LIMIT 1;
            next := coalesce(next, 1);
            INSERT INTO "AuditChain" ("Number", "Event", "Hash")
            VALUES (next, NEW."Sequence", sha256(coalesce(before, decode(repeat('00', 32), 'hex')) || int8send(next) || NEW."Digest"));
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER portal_audit_chain AFTER INSERT ON "AuditEvents" DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION portal_audit_chain();

        CREATE FUNCTION portal_audit_start() RETURNS bigint LANGUAGE sql STABLE AS $$
            SELECT coalesce(max("Number"), 0) FROM "AuditCheckpoints" WHERE "Kind" = 'Retention'
        $$;

        DROP TRIGGER portal_audit_only_grows ON "AuditEvents";
        CREATE TRIGGER portal_audit_only_grows BEFORE TRUNCATE ON "AuditEvents" FOR EACH STATEMENT EXECUTE FUNCTION portal_audit_only_grows();
        CREATE FUNCTION portal_audit_event_goes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM "AuditChain" WHERE "Event" = OLD."Sequence" AND "Number" <= portal_audit_start()) THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'audit events are insert-only';
        END $$;
        CREATE TRIGGER portal_audit_event_goes BEFORE DELETE ON "AuditEvents" FOR EACH ROW EXECUTE FUNCTION portal_audit_event_goes();

        CREATE TRIGGER portal_audit_only_grows BEFORE UPDATE OR TRUNCATE ON "AuditChain" FOR EACH STATEMENT EXECUTE FUNCTION portal_audit_only_grows();
        CREATE FUNCTION portal_audit_link_goes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD."Number" <= portal_audit_start() THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'audit events are insert-only';
        END $$;
        CREATE TRIGGER portal_audit_link_goes BEFORE DELETE ON "AuditChain" FOR EACH ROW EXECUTE FUNCTION portal_audit_link_goes();
        CREATE TRIGGER portal_audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON "AuditCheckpoints"
            FOR EACH STATEMENT EXECUTE FUNCTION portal_audit_only_grows();

        DROP TRIGGER portal_audit_only_forgets_addresses ON "AuditEvents";
        DROP FUNCTION portal_audit_only_forgets_addresses();
        CREATE FUNCTION portal_audit_only_forgets() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            personal text[] := '{IpAddress,UserAgent,OriginSalt,Reason,ReasonSalt}';
            sealing text[] := '{OriginSalt,OriginCommitment,ReasonSalt,ReasonCommitment,Digest}';
        BEGIN
            IF to_jsonb(NEW) - personal = to_jsonb(OLD) - personal
                AND ((NEW."IpAddress", NEW."UserAgent", NEW."OriginSalt") IS NOT DISTINCT FROM (OLD."IpAddress", OLD."UserAgent", OLD."OriginSalt")
                    OR (NEW."IpAddress", NEW."UserAgent", NEW."OriginSalt") IS NULL)
                AND ((NEW."Reason", NEW."ReasonSalt") IS NOT DISTINCT FROM (OLD."Reason", OLD."ReasonSalt")
                    OR (NEW."Reason", NEW."ReasonSalt") IS NULL) THEN
                RETURN NEW;
            END IF;

            -- Written before there was a ledger, and taken up by it now.
            IF octet_length(OLD."Digest") = 0 AND to_jsonb(NEW) - sealing = to_jsonb(OLD) - sealing THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'audit events are insert-only';
        END $$;
        CREATE TRIGGER portal_audit_only_forgets BEFORE UPDATE ON "AuditEvents" FOR EACH ROW EXECUTE FUNCTION portal_audit_only_forgets();

        CREATE FUNCTION portal_audit_purge(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$
        DECLARE
            numbers bigint[];
            events bigint[];
        BEGIN
            SELECT array_agg(l."Number"), array_agg(l."Event") INTO numbers, events
            FROM (SELECT "Number", "Event" FROM "AuditChain" WHERE "Number" <= portal_audit_start() ORDER BY "Number" LIMIT most) l;
            DELETE FROM "AuditEvents" WHERE "Sequence" = ANY (events);
            DELETE FROM "AuditChain" WHERE "Number" = ANY (numbers);
            RETURN coalesce(cardinality(numbers), 0);
        END $$;

        -- With the owner's rights, but never on a table of the same name that somebody else has made.
        DO $$
        BEGIN
            EXECUTE format('ALTER FUNCTION portal_audit_chain() SET search_path = %I, pg_temp', current_schema());
            EXECUTE format('ALTER FUNCTION portal_audit_purge(integer) SET search_path = %I, pg_temp', current_schema());
        END $$;
        """;

    /// <summary>Before its tables and columns go.</summary>
    public const string Down = """
        DROP FUNCTION portal_audit_purge(integer);
        DROP TRIGGER portal_audit_chain ON "AuditEvents";
        DROP FUNCTION portal_audit_chain();
        DROP TRIGGER portal_audit_only_forgets ON "AuditEvents";
        DROP FUNCTION portal_audit_only_forgets();
        DROP TRIGGER portal_audit_event_goes ON "AuditEvents";
        DROP FUNCTION portal_audit_event_goes();
        DROP TRIGGER portal_audit_link_goes ON "AuditChain";
        DROP FUNCTION portal_audit_link_goes();
        DROP FUNCTION portal_audit_start();
        DROP TRIGGER portal_audit_only_grows ON "AuditEvents";
        CREATE TRIGGER portal_audit_only_grows BEFORE DELETE OR TRUNCATE ON "AuditEvents"
            FOR EACH STATEMENT EXECUTE FUNCTION portal_audit_only_grows();
        CREATE FUNCTION portal_audit_only_forgets_addresses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD."IpAddress" IS NOT NULL AND NEW."IpAddress" IS NULL AND to_jsonb(NEW) - 'IpAddress' = to_jsonb(OLD) - 'IpAddress' THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'audit events are insert-only';
        END $$;
        CREATE TRIGGER portal_audit_only_forgets_addresses BEFORE UPDATE ON "AuditEvents"
            FOR EACH ROW EXECUTE FUNCTION portal_audit_only_forgets_addresses();
        """;
}
