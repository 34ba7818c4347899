using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ConcurrentSessions.Web.Data.Migrations.Postgres
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
                type: "character varying(32)",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RiskReasons",
                table: "Sessions",
                type: "character varying(128)",
                maxLength: 128,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RiskResponse",
                table: "Sessions",
                type: "character varying(32)",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Responses",
                table: "RoleLimits",
                type: "character varying(512)",
                maxLength: 512,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Name",
                table: "KnownLocations",
                type: "character varying(320)",
                maxLength: 320,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "UsualSince",
                table: "KnownLocations",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Description",
                table: "Devices",
                type: "character varying(132)",
                maxLength: 132,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "LastSignedInAt",
                table: "Devices",
                type: "timestamp with time zone",
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
