-- What must hold after every fault. Each statement returns the rows that break its promise, named by the comment above it: none.
-- Both databases understand them. @now: the time by the portal's clock. @seats: the setting Sessions:Limit.

-- more living sessions than the limit
SELECT s."UserId" FROM "Sessions" s
WHERE s."EndedAt" IS NULL AND s."IdleExpiresAt" > @now
GROUP BY s."UserId"
HAVING COUNT(*) > CASE
    WHEN EXISTS (SELECT 1 FROM "UserLimits" o WHERE o."UserId" = s."UserId")
    THEN (SELECT COALESCE(o."Seats", 1000000) FROM "UserLimits" o WHERE o."UserId" = s."UserId")
    ELSE COALESCE((SELECT MIN(CASE WHEN l."Role" IS NULL THEN @seats ELSE COALESCE(l."Seats", 1000000) END)
        FROM "AspNetUserRoles" m JOIN "AspNetRoles" r ON r."Id" = m."RoleId" LEFT JOIN "RoleLimits" l ON l."Role" = r."Name"
        WHERE m."UserId" = s."UserId"), @seats) END;

-- living session of a disabled or deleted user
SELECT s."Id" FROM "Sessions" s LEFT JOIN "AspNetUsers" u ON u."Id" = s."UserId"
WHERE s."EndedAt" IS NULL AND (u."Id" IS NULL OR u."DisabledAt" IS NOT NULL);

-- session of which no audit event says that somebody signed in
SELECT s."Id" FROM "Sessions" s
WHERE NOT EXISTS (SELECT 1 FROM "AuditEvents" e WHERE e."SessionId" = s."Id" AND e."Name" = 'authn_login_success');

-- session of which not exactly one audit event says that it began
SELECT s."Id" FROM "Sessions" s
LEFT JOIN (SELECT e."SessionId", COUNT(*) AS "Times" FROM "AuditEvents" e WHERE e."Name" = 'session_created' GROUP BY e."SessionId") b
    ON b."SessionId" = s."Id"
WHERE COALESCE(b."Times", 0) <> 1;

-- ended session of which not exactly one audit event says so
SELECT s."Id" FROM "Sessions" s
LEFT JOIN (SELECT e."SessionId", COUNT(*) AS "Times" FROM "AuditEvents" e WHERE e."Name" IN ('session_ended', 'session_expired')
    GROUP BY e."SessionId") b ON b."SessionId" = s."Id"
WHERE s."EndedAt" IS NOT NULL AND COALESCE(b."Times", 0) <> 1;

-- living session of which an audit event says that it ended
SELECT s."Id" FROM "Sessions" s JOIN "AuditEvents" e ON e."SessionId" = s."Id"
WHERE s."EndedAt" IS NULL AND e."Name" IN ('session_ended', 'session_expired');

-- audit event of the beginning of a session that is not there, though none was purged
SELECT e."Sequence" FROM "AuditEvents" e
WHERE e."Name" = 'session_created' AND NOT EXISTS (SELECT 1 FROM "Sessions" s WHERE s."Id" = e."SessionId")
    AND NOT EXISTS (SELECT 1 FROM "AuditEvents" p WHERE p."Name" = 'sessions_purged');

-- audit event without a place in the ledger
SELECT e."Sequence" FROM "AuditEvents" e WHERE NOT EXISTS (SELECT 1 FROM "AuditChain" l WHERE l."Event" = e."Sequence");

-- gap in the ledger, though nothing was purged
SELECT l."Number" FROM "AuditChain" l
WHERE l."Number" > 1 AND NOT EXISTS (SELECT 1 FROM "AuditChain" p WHERE p."Number" = l."Number" - 1)
    AND NOT EXISTS (SELECT 1 FROM "AuditCheckpoints" c WHERE c."Kind" = 'Retention');

-- ended session used later than five seconds after its end
SELECT s."Id" FROM "Sessions" s WHERE s."LastSeenAt" > s."EndedAt" + interval '5 seconds';

-- key of two sessions
SELECT s."KeyHash" FROM "Sessions" s GROUP BY s."KeyHash" HAVING COUNT(*) > 1;

-- mail that a node works on for longer than a lease lasts
SELECT m."Id" FROM "Outbox" m
WHERE m."SentAt" IS NULL AND m."FailedAt" IS NULL AND m."LeaseUntil" > @now + interval '65 seconds';

-- mail that was sent or given up and can be sent again
SELECT m."Id" FROM "Outbox" m WHERE (m."SentAt" IS NOT NULL OR m."FailedAt" IS NOT NULL) AND m."LeaseUntil" IS NOT NULL;

-- no administrator who can sign in
SELECT 'nobody' WHERE NOT EXISTS (
    SELECT 1 FROM "AspNetUsers" u JOIN "AspNetUserRoles" m ON m."UserId" = u."Id" JOIN "AspNetRoles" r ON r."Id" = m."RoleId"
    WHERE r."Name" = 'Admin' AND u."DisabledAt" IS NULL);
