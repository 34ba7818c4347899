using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class KeptSessions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "IsKept",
                table: "Sessions",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "LeavesAt",
                table: "Sessions",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "PageUsedAt",
                table: "Sessions",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<TimeSpan>(
                name: "EvictionNotice",
                table: "RoleLimits",
                type: "interval",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ReadyAt",
                table: "PendingSignIns",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.Sql(SessionTriggers.WithKeptAndLeaving);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(SessionTriggers.Before);

            migrationBuilder.DropColumn(
                name: "IsKept",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "LeavesAt",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "PageUsedAt",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "EvictionNotice",
                table: "RoleLimits");

            migrationBuilder.DropColumn(
                name: "ReadyAt",
                table: "PendingSignIns");
        }
    }
}
