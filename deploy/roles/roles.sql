-- Two roles, each with no more rights than its work needs. Run by an administrator of the server in
-- the product's database, before the first migration and after each; again and again is as once.
--
--   dispatch_owner  owns the schema and migrates it; no process of the product runs as it
--   dispatch_app    what API and workers run as: rows, and no tables; what is append-only it can
--                   neither change nor delete, whatever triggers say
--
-- Passwords come from the settings dispatch.owner_password and dispatch.app_password of this
-- session, so that no statement in a log of the server holds them. An empty one changes nothing.
--
-- A first run takes every table from whoever owned it, for which it locks all of them until it ends.
-- Who cannot have a lock within seconds fails and changes nothing, rather than holding everybody up:
-- run it in one transaction (`psql --single-transaction`), in a quiet minute.

SET LOCAL lock_timeout = '4s';

DO $roles$
DECLARE
    role text;
    password text;
BEGIN
    FOREACH role IN ARRAY ARRAY['dispatch_owner', 'dispatch_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role);
        password := current_setting(replace(role, 'dispatch_', 'dispatch.') || '_password', true);
        IF password <> '' THEN
            EXECUTE format('ALTER ROLE %I PASSWORD %L', role, password);
        END IF;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO dispatch_owner, dispatch_app',
                   current_database());
END $roles$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO dispatch_owner;
GRANT USAGE ON SCHEMA public TO dispatch_app;

-- What an earlier installation made under another name.
DO $owned$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT oid::regclass AS name,
               CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
          AND relowner <> 'dispatch_owner'::regrole
          -- A sequence that belongs to a column goes with its table.
          AND NOT EXISTS (SELECT FROM pg_depend
                          WHERE objid = pg_class.oid AND deptype IN ('a', 'i') AND relkind = 'S')
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO dispatch_owner', found.kind, found.name);
    END LOOP;
    FOR found IN
        SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner <> 'dispatch_owner'::regrole
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO dispatch_owner', found.name);
    END LOOP;
END $owned$;

-- What is there, and what the owner's next migrations will make.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO dispatch_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO dispatch_app;
ALTER DEFAULT PRIVILEGES FOR ROLE dispatch_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO dispatch_app;
ALTER DEFAULT PRIVILEGES FOR ROLE dispatch_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO dispatch_app;

-- A table whose trigger refuses every change is append-only by its rights as well.
DO $append_only$
DECLARE
    refusing name;
BEGIN
    FOR refusing IN
        SELECT DISTINCT tgrelid::regclass FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE proname IN ('refuse_change', 'refuse_change_of_audit')
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM dispatch_app', refusing);
    END LOOP;
    IF to_regclass('public.alembic_version') IS NOT NULL THEN
        REVOKE INSERT, UPDATE, DELETE ON public.alembic_version FROM dispatch_app;
    END IF;
END $append_only$;
