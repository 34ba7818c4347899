using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class SecondFactors : Migration
    {
        // Whether a role requires a second factor concerns everybody's pages at once, whoever changes it.
        private const string Triggers = """
            CREATE TRIGGER portal_factor_changed AFTER UPDATE OF "SecondFactorRequired" ON "RoleLimits"
                FOR EACH ROW WHEN (OLD."SecondFactorRequired" IS DISTINCT FROM NEW."SecondFactorRequired")
                EXECUTE FUNCTION portal_role_changed();
            CREATE TRIGGER portal_factor_added AFTER INSERT ON "RoleLimits"
                FOR EACH ROW WHEN (NEW."SecondFactorRequired") EXECUTE FUNCTION portal_role_changed();
            CREATE TRIGGER portal_factor_deleted AFTER DELETE ON "RoleLimits"
                FOR EACH ROW WHEN (OLD."SecondFactorRequired") EXECUTE FUNCTION portal_role_changed();
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "SecondFactorRequired",
                table: "RoleLimits",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "LastTotpStep",
                table: "AspNetUsers",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "PendingFactors",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    UserId = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Generation = table.Column<int>(type: "integer", nullable: false),
                    SecurityStamp = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ExpiresAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    Failures = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PendingFactors", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "RecoveryCodes",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false)
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

            migrationBuilder.Sql("""UPDATE "RoleLimits" SET "SecondFactorRequired" = true WHERE "Role" = 'Admin'""");

            // They lay there in clear: they are void, and their owners make new ones.
            migrationBuilder.Sql("""DELETE FROM "AspNetUserTokens" WHERE "LoginProvider" = '[AspNetUserStore]' AND "Name" = 'RecoveryCodes'""");
            migrationBuilder.Sql(Triggers);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP TRIGGER portal_factor_changed ON "RoleLimits";
                DROP TRIGGER portal_factor_added ON "RoleLimits";
                DROP TRIGGER portal_factor_deleted ON "RoleLimits";
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
