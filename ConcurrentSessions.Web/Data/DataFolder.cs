namespace ConcurrentSessions.Web.Data;

/// <summary>Where relative paths of the settings start: the repository when run from source, else the folder of the program.</summary>
public static class DataFolder
{
    private static readonly string Root = FindRoot();

    public static string Resolve(string path) => Path.GetFullPath(path, Root);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ConcurrentSessions.sln")))
            {
                return folder.FullName;
            }
        }

        return AppContext.BaseDirectory;
    }
}
