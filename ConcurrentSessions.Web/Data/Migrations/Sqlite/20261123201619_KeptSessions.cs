using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Sqlite
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
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "LeavesAt",
                table: "Sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "PageUsedAt",
                table: "Sessions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<TimeSpan>(
                name: "EvictionNotice",
                table: "RoleLimits",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "ReadyAt",
                table: "PendingSignIns",
                type: "INTEGER",
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
