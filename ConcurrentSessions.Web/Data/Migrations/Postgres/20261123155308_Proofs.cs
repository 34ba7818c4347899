using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Proofs : Migration
    {
        private const string OnlyGrows = """
            DROP TRIGGER portal_audit_only_forgets_addresses ON "AuditEvents";
            DROP FUNCTION portal_audit_only_forgets_addresses();
            DROP TRIGGER portal_audit_only_grows ON "AuditEvents";
            CREATE TRIGGER portal_audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON "AuditEvents"
                FOR EACH STATEMENT EXECUTE FUNCTION portal_audit_only_grows();
            """;

        // Old age takes the IP address away; nothing else is ever changed.
        private const string OnlyForgetsAddresses = """
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

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "IpNetwork",
                table: "Sessions",
                type: "character varying(45)",
                maxLength: 45,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "IpNetwork",
                table: "AuditEvents",
                type: "character varying(45)",
                maxLength: 45,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "MailedTokens",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "text", nullable: false),
                    Kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    KeyHash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    SecurityStamp = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    ExpiresAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
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

            migrationBuilder.Sql("""DROP TRIGGER portal_audit_only_grows ON "AuditEvents";""");
            foreach (var table in new[] { "Sessions", "AuditEvents" })
            {
                migrationBuilder.Sql($"""
                    UPDATE "{table}" SET "IpNetwork" = network(set_masklen("IpAddress"::inet, CASE family("IpAddress"::inet) WHEN 4 THEN 24 ELSE 48 END))::text
                    WHERE "IpAddress" IS NOT NULL;
                    """);
            }

            migrationBuilder.Sql(OnlyForgetsAddresses);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
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
