# syntax=docker/dockerfile:1
# One node of the portal. Every setting comes from the environment (docs/deploy.md); the image holds none that is secret.

# The location database, as package-lock.json says.
FROM node:24-slim AS locations
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
# Packages change more seldom than source: their layer is kept.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt ./
COPY ConcurrentSessions.Web/ConcurrentSessions.Web.csproj ConcurrentSessions.Web/Locations.targets ConcurrentSessions.Web/
RUN dotnet restore ConcurrentSessions.Web
COPY . .
COPY --from=locations /src/node_modules node_modules
RUN dotnet publish ConcurrentSessions.Web -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# For the health check alone.
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/*
# For one machine with SQLite, mount a volume here; with PostgreSQL nothing is written.
RUN install -d -o $APP_UID -g $APP_UID -m 700 /data
WORKDIR /app
COPY --from=build /app ./
ENV ASPNETCORE_HTTP_PORTS=8080 \
    ConnectionStrings__Portal="Data Source=/data/portal.db" \
    Email__PickupDirectory=/data/mail
USER $APP_UID
EXPOSE 8080
# Live, not ready: a node that waits for its database must not be restarted for it. AllowedHosts has to hold localhost.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://localhost:8080/health/live"]
# No shell between the signal and the program: SIGTERM ends it gracefully.
ENTRYPOINT ["dotnet", "ConcurrentSessions.Web.dll"]
