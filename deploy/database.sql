-- The portal's own role and database, once, by a superuser: PORTAL_DB_PASSWORD=... psql -f database.sql
-- The role owns its database, hence may migrate it; it is no superuser and creates nothing else. LISTEN, NOTIFY and advisory
-- locks need no right. Run by the postgres image at its first start (compose.yaml) and by bench/cluster.sh.
\set ON_ERROR_STOP on
\getenv password PORTAL_DB_PASSWORD
create role portal login password :'password' nosuperuser nocreatedb nocreaterole;
create database portal owner portal encoding 'UTF8' template template0;
revoke connect, temporary on database portal from public;
