using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Ledger : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_AuditEvents_At_WithIpAddress",
                table: "AuditEvents");

            migrationBuilder.AddColumn<byte[]>(
                name: "Digest",
                table: "AuditEvents",
                type: "bytea",
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.AddColumn<byte[]>(
                name: "OriginCommitment",
                table: "AuditEvents",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "OriginSalt",
                table: "AuditEvents",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "ReasonCommitment",
                table: "AuditEvents",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "ReasonSalt",
                table: "AuditEvents",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "UserAgent",
                table: "AuditEvents",
                type: "character varying(512)",
                maxLength: 512,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "AuditChain",
                columns: table => new
                {
                    Number = table.Column<long>(type: "bigint", nullable: false),
                    Event = table.Column<long>(type: "bigint", nullable: false),
                    Hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AuditChain", x => x.Number);
                });

            migrationBuilder.CreateTable(
                name: "AuditCheckpoints",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Kind = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    Number = table.Column<long>(type: "bigint", nullable: false),
                    Hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    KeyId = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    Signature = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_AuditCheckpoints", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_AuditEvents_At_WithOrigin",
                table: "AuditEvents",
                column: "At",
                filter: "\"OriginSalt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_AuditChain_Event",
                table: "AuditChain",
                column: "Event",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_AuditCheckpoints_Number",
                table: "AuditCheckpoints",
                column: "Number");

            migrationBuilder.Sql(LedgerTriggers.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(LedgerTriggers.Down);

            migrationBuilder.DropTable(
                name: "AuditChain");

            migrationBuilder.DropTable(
                name: "AuditCheckpoints");

            migrationBuilder.DropIndex(
                name: "IX_AuditEvents_At_WithOrigin",
                table: "AuditEvents");

            migrationBuilder.DropColumn(
                name: "Digest",
                table: "AuditEvents");

            migrationBuilder.DropColumn(
                name: "OriginCommitment",
                table: "AuditEvents");

            migrationBuilder.DropColumn(
                name: "OriginSalt",
                table: "AuditEvents");

            migrationBuilder.DropColumn(
                name: "ReasonCommitment",
                table: "AuditEvents");

            migrationBuilder.DropColumn(
                name: "ReasonSalt",
                table: "AuditEvents");

            migrationBuilder.DropColumn(
                name: "UserAgent",
                table: "AuditEvents");

            migrationBuilder.CreateIndex(
                name: "IX_AuditEvents_At_WithIpAddress",
                table: "AuditEvents",
                column: "At",
                filter: "\"IpAddress\" IS NOT NULL");
        }
    }
}
