using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Guessing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_SignInFailures_LastAt",
                table: "SignInFailures");

            migrationBuilder.RenameColumn(
                name: "LastAt",
                table: "SignInFailures",
                newName: "NextAt");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "NotedAt",
                table: "SignInFailures",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<int>(
                name: "Refusals",
                table: "SignInFailures",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateIndex(
                name: "IX_SignInFailures_NextAt",
                table: "SignInFailures",
                column: "NextAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_SignInFailures_NextAt",
                table: "SignInFailures");

            migrationBuilder.DropColumn(
                name: "NotedAt",
                table: "SignInFailures");

            migrationBuilder.DropColumn(
                name: "Refusals",
                table: "SignInFailures");

            migrationBuilder.RenameColumn(
                name: "NextAt",
                table: "SignInFailures",
                newName: "LastAt");

            migrationBuilder.CreateIndex(
                name: "IX_SignInFailures_LastAt",
                table: "SignInFailures",
                column: "LastAt");
        }
    }
}
