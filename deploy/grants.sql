-- What the portal's own role (here: portal) may do when another role owns the database: by the owner, in the portal's database,
-- after each "database migrate", which the owner runs too. With it the audit ledger is insert-only for the portal: its role cannot
-- change, remove or truncate what is written there, nor switch the triggers off that chain and keep it (docs/audit.md).
BEGIN;
GRANT USAGE ON SCHEMA public TO portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal;
REVOKE ALL ON "__EFMigrationsHistory", "AuditEvents", "AuditChain", "AuditCheckpoints" FROM portal;
GRANT SELECT ON "__EFMigrationsHistory", "AuditChain" TO portal;
GRANT SELECT, INSERT ON "AuditEvents", "AuditCheckpoints" TO portal;
-- To erase what is personal: a trigger lets it be set to NULL, and nothing else.
GRANT UPDATE ("IpAddress", "UserAgent", "OriginSalt", "Reason", "ReasonSalt") ON "AuditEvents" TO portal;
COMMIT;
