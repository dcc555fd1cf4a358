package memwall.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the application, from its jar. */
final class Version implements IVersionProvider {
  Version() {}

  /** The version, or {@code development} outside of a jar. */
  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"memwall " + text()};
  }
}
