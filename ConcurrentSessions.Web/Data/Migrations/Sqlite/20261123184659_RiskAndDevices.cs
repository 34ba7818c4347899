using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RiskAndDevices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Device_Model",
                table: "Sessions",
                type: "TEXT",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RiskReasons",
                table: "Sessions",
                type: "TEXT",
                maxLength: 128,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RiskResponse",
                table: "Sessions",
                type: "TEXT",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Responses",
                table: "RoleLimits",
                type: "TEXT",
                maxLength: 512,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Name",
                table: "KnownLocations",
                type: "TEXT",
                maxLength: 320,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "UsualSince",
                table: "KnownLocations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Description",
                table: "Devices",
                type: "TEXT",
                maxLength: 132,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "LastSignedInAt",
                table: "Devices",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Device_Model",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "RiskReasons",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "RiskResponse",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "Responses",
                table: "RoleLimits");

            migrationBuilder.DropColumn(
                name: "Name",
                table: "KnownLocations");

            migrationBuilder.DropColumn(
                name: "UsualSince",
                table: "KnownLocations");

            migrationBuilder.DropColumn(
                name: "Description",
                table: "Devices");

            migrationBuilder.DropColumn(
                name: "LastSignedInAt",
                table: "Devices");
        }
    }
}
