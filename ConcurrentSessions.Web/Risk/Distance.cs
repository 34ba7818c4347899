namespace ConcurrentSessions.Web.Risk;

/// <summary>Distances on a globe.</summary>
public static class Distance
{
    private const double EarthRadiusKilometres = 6371;

    /// <summary>Kilometres along the great circle (haversine); null where a coordinate is missing or none. Degrees, north and east positive.</summary>
    public static double? Between(double? latitude1, double? longitude1, double? latitude2, double? longitude2)
    {
        if (!IsAngle(latitude1, 90) || !IsAngle(latitude2, 90) || !IsAngle(longitude1, 180) || !IsAngle(longitude2, 180))
        {
            return null;
        }

        var (lat1, lat2) = (double.DegreesToRadians(latitude1!.Value), double.DegreesToRadians(latitude2!.Value));
        var (north, east) = (Math.Sin((lat2 - lat1) / 2), Math.Sin(double.DegreesToRadians(longitude2!.Value - longitude1!.Value) / 2));
        var half = (north * north) + (Math.Cos(lat1) * Math.Cos(lat2) * east * east);
        return 2 * EarthRadiusKilometres * Math.Asin(Math.Min(1, Math.Sqrt(half)));
    }

    private static bool IsAngle(double? degrees, double most) => degrees is { } angle && Math.Abs(angle) <= most;
}
