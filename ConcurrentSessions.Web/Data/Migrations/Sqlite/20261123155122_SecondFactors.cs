using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SecondFactors : Migration
    {
        // Whether a role requires a second factor concerns everybody's pages at once, whoever changes it.
        private const string Triggers = """
            CREATE TRIGGER RoleLimits_FactorChanged AFTER UPDATE OF SecondFactorRequired ON RoleLimits
            WHEN OLD.SecondFactorRequired IS NOT NEW.SecondFactorRequired BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NULL, NULL, 'UserChanged', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER RoleLimits_FactorAdded AFTER INSERT ON RoleLimits WHEN NEW.SecondFactorRequired BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NULL, NULL, 'UserChanged', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            CREATE TRIGGER RoleLimits_FactorDeleted AFTER DELETE ON RoleLimits WHEN OLD.SecondFactorRequired BEGIN
                INSERT INTO Changes ("Transaction", UserId, SessionId, Kind, At) VALUES (0, NULL, NULL, 'UserChanged', CAST((julianday('now') - 1721425.5) * 864000000000 AS INTEGER));
            END;
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "SecondFactorRequired",
                table: "RoleLimits",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "LastTotpStep",
                table: "AspNetUsers",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "PendingFactors",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Generation = table.Column<int>(type: "INTEGER", nullable: false),
                    SecurityStamp = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    Failures = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PendingFactors", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RecoveryCodes",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RecoveryCodes", x => new { x.UserId, x.Hash });
                    table.ForeignKey(
                        name: "FK_RecoveryCodes_AspNetUsers_UserId",
                        column: x => x.UserId,
                        principalTable: "AspNetUsers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_PendingFactors_ExpiresAt",
                table: "PendingFactors",
                column: "ExpiresAt");

            migrationBuilder.Sql("UPDATE RoleLimits SET SecondFactorRequired = 1 WHERE Role = 'Admin'");

            // They lay there in clear: they are void, and their owners make new ones.
            migrationBuilder.Sql("DELETE FROM AspNetUserTokens WHERE LoginProvider = '[AspNetUserStore]' AND Name = 'RecoveryCodes'");
            migrationBuilder.Sql(Triggers);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP TRIGGER RoleLimits_FactorChanged;
                DROP TRIGGER RoleLimits_FactorAdded;
                DROP TRIGGER RoleLimits_FactorDeleted;
                """);

            migrationBuilder.DropTable(
                name: "PendingFactors");

            migrationBuilder.DropTable(
                name: "RecoveryCodes");

            migrationBuilder.DropColumn(
                name: "SecondFactorRequired",
                table: "RoleLimits");

            migrationBuilder.DropColumn(
                name: "LastTotpStep",
                table: "AspNetUsers");
        }
    }
}
