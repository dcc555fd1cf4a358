package memwall.cli.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Draws {@code report.html} from the files of a run folder; in this slice only a title. */
public final class HtmlReport {
  /** The report's name in a run folder. */
  public static final String FILE = "report.html";

  private HtmlReport() {}

  /**
   * Writes the report into the folder whose files it reads.
   *
   * @throws IOException if a file cannot be read or written
   */
  public static void write(Path folder) throws IOException {
    Files.writeString(folder.resolve(FILE), "<!doctype html><title>Memwall run report</title>\n");
  }
}
