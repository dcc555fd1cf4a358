package memwall.cli.report;

import java.util.List;

/**
 * Where a run came from and what it cost on the host. The only part of a run folder that differs
 * between two equal runs.
 *
 * @param version of the application
 * @param commandLine as given, one argument each
 * @param seed of all random streams
 * @param inputs files that were read
 * @param javaVersion of the virtual machine
 * @param hostCores processors of the host
 * @param wallSeconds elapsed time of the run
 * @param cpuSeconds processor time of the run
 */
public record Manifest(
    String version,
    List<String> commandLine,
    long seed,
    List<Input> inputs,
    String javaVersion,
    int hostCores,
    double wallSeconds,
    double cpuSeconds) {
  /** Copies the lists. */
  public Manifest {
    commandLine = List.copyOf(commandLine);
    inputs = List.copyOf(inputs);
  }

  /**
   * A file that was read.
   *
   * @param path as it was named
   * @param bytes its length
   * @param sha256 its SHA-256, 64 hexadecimal digits
   */
  public record Input(String path, long bytes, String sha256) {}
}
