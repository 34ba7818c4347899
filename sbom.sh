#!/usr/bin/env bash
# Writes what the portal is made of: a CycloneDX bill of materials, by default artifacts/sbom.cdx.json.
set -euo pipefail
cd "$(dirname "$0")"

output=${1:-artifacts/sbom.cdx.json}
mkdir -p "$(dirname "$output")"
dotnet restore ConcurrentSessions.Web --nologo -v quiet
version=$(dotnet msbuild ConcurrentSessions.Web -getProperty:Version)
runtime=$(dotnet msbuild ConcurrentSessions.Web -getProperty:BundledNETCoreAppPackageVersion)
dotnet run checks/Sbom.cs -- "$output" ConcurrentSessions.Web/obj/project.assets.json "$version" "$runtime"
