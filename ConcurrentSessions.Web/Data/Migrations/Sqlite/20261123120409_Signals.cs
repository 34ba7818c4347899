using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Signals : Migration
    {
        // Every change of a session, a user or a role is noted for the node, in the transaction that makes it and whoever makes it.
        private const string Triggers = """
            CREATE TRIGGER Sessions_Started AFTER INSERT ON Sessions BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NEW.UserId, NEW.Id, 'Started', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER Sessions_Deleted AFTER DELETE ON Sessions WHEN OLD.EndedAt IS NULL BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, OLD.UserId, OLD.Id, 'Ended', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER Sessions_Updated AFTER UPDATE OF KeyHash, UserId, SecurityStamp, ProvedAt, IdleTimeout, ExpiresAt, EndedAt ON Sessions
            WHEN (OLD.KeyHash, OLD.UserId, OLD.SecurityStamp, OLD.ProvedAt, OLD.IdleTimeout, OLD.ExpiresAt, OLD.EndedAt)
                IS NOT (NEW.KeyHash, NEW.UserId, NEW.SecurityStamp, NEW.ProvedAt, NEW.IdleTimeout, NEW.ExpiresAt, NEW.EndedAt) BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NEW.UserId, NEW.Id, CASE WHEN OLD.EndedAt IS NULL AND NEW.EndedAt IS NOT NULL THEN 'Ended' ELSE 'Updated' END, CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER Sessions_EndedStaysEnded BEFORE UPDATE OF EndedAt ON Sessions WHEN OLD.EndedAt IS NOT NULL AND NEW.EndedAt IS NULL BEGIN
                SELECT RAISE(ABORT, 'an ended session stays ended');
            END;
            CREATE TRIGGER Users_Deleted AFTER DELETE ON AspNetUsers BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, OLD.Id, NULL, 'UserChanged', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER Users_Changed AFTER UPDATE ON AspNetUsers
            WHEN (OLD.UserName, OLD.Email, OLD.SecurityStamp, OLD.DisabledAt, OLD.LockoutEnd)
                IS NOT (NEW.UserName, NEW.Email, NEW.SecurityStamp, NEW.DisabledAt, NEW.LockoutEnd) BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NEW.Id, NULL, 'UserChanged', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER Memberships_Added AFTER INSERT ON AspNetUserRoles BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NEW.UserId, NULL, 'UserChanged', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER Memberships_Removed AFTER DELETE ON AspNetUserRoles BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, OLD.UserId, NULL, 'UserChanged', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER Roles_Renamed AFTER UPDATE ON AspNetRoles BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NULL, NULL, 'UserChanged', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER Roles_Deleted AFTER DELETE ON AspNetRoles BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NULL, NULL, 'UserChanged', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER Devices_Renamed AFTER UPDATE OF GivenName ON Devices WHEN OLD.GivenName IS NOT NEW.GivenName BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NEW.UserId, NULL, 'Updated', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Sessions_EndedAt_IdleExpiresAt",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_UserId_EndedAt",
                table: "Sessions");

            migrationBuilder.CreateTable(
                name: "Changes",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Transaction = table.Column<long>(type: "INTEGER", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    SessionId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Changes", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "Epoch",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Fingerprint = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Epoch", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Leases",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Holder = table.Column<Guid>(type: "TEXT", nullable: false),
                    Until = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Leases", x => x.Name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_EndedAt",
                table: "Sessions",
                column: "EndedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_Living_Id",
                table: "Sessions",
                column: "Id",
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_Living_IdleExpiresAt",
                table: "Sessions",
                column: "IdleExpiresAt",
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_Living_LastSeenAt",
                table: "Sessions",
                columns: new[] { "LastSeenAt", "Id" },
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_Living_UserId",
                table: "Sessions",
                column: "UserId",
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_UserId_StartedAt",
                table: "Sessions",
                columns: new[] { "UserId", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Changes_At",
                table: "Changes",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_Changes_Transaction",
                table: "Changes",
                column: "Transaction");

            migrationBuilder.Sql(Triggers);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Changes");

            migrationBuilder.DropTable(
                name: "Epoch");

            migrationBuilder.DropTable(
                name: "Leases");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_EndedAt",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_Living_Id",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_Living_IdleExpiresAt",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_Living_LastSeenAt",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_Living_UserId",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_UserId_StartedAt",
                table: "Sessions");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_EndedAt_IdleExpiresAt",
                table: "Sessions",
                columns: new[] { "EndedAt", "IdleExpiresAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_UserId_EndedAt",
                table: "Sessions",
                columns: new[] { "UserId", "EndedAt" });
        }
    }
}
