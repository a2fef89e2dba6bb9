/** Starts Trino as the server of its distribution does: the version is the only argument. */
public class TrinoLauncher {
    public static void main(String[] arguments) {
        new io.trino.server.Server().start(arguments[0]);
    }
}
