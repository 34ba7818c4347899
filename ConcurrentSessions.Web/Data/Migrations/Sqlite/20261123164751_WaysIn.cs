using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class WaysIn : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "LastUsedAt",
                table: "AspNetUserPasskeys",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "UsedChallenges",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UsedChallenges", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_UsedChallenges_At",
                table: "UsedChallenges",
                column: "At");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "UsedChallenges");

            migrationBuilder.DropColumn(
                name: "LastUsedAt",
                table: "AspNetUserPasskeys");
        }
    }
}
