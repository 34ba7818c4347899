using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Proofs : Migration
    {
        private const string OnlyGrows = "CREATE TRIGGER AuditEvents_NoUpdate BEFORE UPDATE ON AuditEvents BEGIN SELECT RAISE(ABORT, 'audit events are insert-only'); END;";

        // Old age takes the IP address away; nothing else is ever changed.
        private const string OnlyForgetsAddresses = """
            CREATE TRIGGER AuditEvents_NoUpdate BEFORE UPDATE ON AuditEvents
            WHEN NOT (OLD.IpAddress IS NOT NULL AND NEW.IpAddress IS NULL AND NEW.Sequence IS OLD.Sequence AND NEW.At IS OLD.At
                AND NEW.Name IS OLD.Name AND NEW.Outcome IS OLD.Outcome AND NEW.ActorKind IS OLD.ActorKind AND NEW.ActorId IS OLD.ActorId
                AND NEW.ActorSessionId IS OLD.ActorSessionId AND NEW.IpNetwork IS OLD.IpNetwork AND NEW.SubjectId IS OLD.SubjectId
                AND NEW.SessionId IS OLD.SessionId AND NEW.Reason IS OLD.Reason)
            BEGIN SELECT RAISE(ABORT, 'audit events are insert-only'); END;
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "IpNetwork",
                table: "Sessions",
                type: "TEXT",
                maxLength: 45,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "IpNetwork",
                table: "AuditEvents",
                type: "TEXT",
                maxLength: 45,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "MailedTokens",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    KeyHash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    SecurityStamp = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MailedTokens", x => new { x.UserId, x.Kind });
                    table.ForeignKey(
                        name: "FK_MailedTokens_AspNetUsers_UserId",
                        column: x => x.UserId,
                        principalTable: "AspNetUsers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_AuditEvents_At_WithIpAddress",
                table: "AuditEvents",
                column: "At",
                filter: "\"IpAddress\" IS NOT NULL");

            // Of IPv4; older IPv6 addresses go without a trace.
            migrationBuilder.Sql("DROP TRIGGER AuditEvents_NoUpdate;");
            foreach (var table in new[] { "Sessions", "AuditEvents" })
            {
                migrationBuilder.Sql($"UPDATE {table} SET IpNetwork = rtrim(IpAddress, '0123456789') || '0/24' WHERE IpAddress LIKE '%.%' AND IpAddress NOT LIKE '%:%';");
            }

            migrationBuilder.Sql(OnlyForgetsAddresses);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER AuditEvents_NoUpdate;");
            migrationBuilder.Sql(OnlyGrows);
            migrationBuilder.DropTable(
                name: "MailedTokens");

            migrationBuilder.DropIndex(
                name: "IX_AuditEvents_At_WithIpAddress",
                table: "AuditEvents");

            migrationBuilder.DropColumn(
                name: "IpNetwork",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "IpNetwork",
                table: "AuditEvents");
        }
    }
}
