using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class WaysIn : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "LastUsedAt",
                table: "AspNetUserPasskeys",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "UsedChallenges",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
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
