package memwall.core.config;

import java.nio.file.Path;

/**
 * Where a layer of configuration came from.
 *
 * @param kind what it is
 * @param name the name shown in faults: a file's path, a resource's path, {@code --set #1}
 * @param origin the name shown as the origin of a value: {@code run.yaml}, {@code preset
 *     chip/h100-sxm}, {@code --set #1}
 * @param folder what relative file names in it are relative to
 */
record Source(Kind kind, String name, String origin, Path folder) {
  enum Kind {
    FILE,
    PRESET,
    OPTION
  }
}
