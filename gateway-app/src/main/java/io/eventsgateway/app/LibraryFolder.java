package io.eventsgateway.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The folder that codecs unpack their native libraries to, and that must let them be loaded from there. */
final class LibraryFolder {

    private LibraryFolder() {}

    /** What to say of a folder that can't be used; null for nothing. */
    static @Nullable String warning(Path folder) {
        try {
            Path tried = Files.createTempFile(folder, "gateway", ".so");
            try {
                // access(2) takes the mount into account, too
                return tried.toFile().setExecutable(true) && Files.isExecutable(tried)
                        ? null
                        : says(folder, "is mounted noexec");
            } finally {
                Files.deleteIfExists(tried);
            }
        } catch (IOException unwritable) {
            return says(folder, "can't be written to");
        }
    }

    private static String says(Path folder, String problem) {
        return folder + " " + problem
                + ", so native libraries can't be loaded from it: a record compressed with snappy or "
                + "zstd will hold up its partition; mount it writable with exec (--tmpfs " + folder
                + ":exec, an emptyDir), or name another folder (-Djava.io.tmpdir)";
    }
}
