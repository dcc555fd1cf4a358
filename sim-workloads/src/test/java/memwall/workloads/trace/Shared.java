package memwall.workloads.trace;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Reference data beside the repository; tests that need it are skipped visibly without it. */
final class Shared {
  private Shared() {}

  static Path root() {
    return Path.of(System.getProperty("memwall.root", ".."));
  }

  static Path trace(String name) {
    Path path = root().resolve("../shared/traces").resolve(name).normalize();
    assumeTrue(Files.exists(path), "skipped: reference data " + path + " is absent");
    return path;
  }
}
